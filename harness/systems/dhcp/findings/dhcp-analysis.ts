import type { FrameWatch } from '../../../evidence/frame-watch.ts';
import type { DhcpFacts } from '../../../journal/dhcp-facts.ts';
import type { DnsmasqFacts } from '../../../journal/dnsmasq-facts.ts';
import { DhcpGrants } from '../../../observe/dhcp-grants.ts';
import type { Frame } from '../../../observe/frame.ts';
import type { Cause, SystemAnalysis } from '../../system-analysis.ts';
import { dhcpFindings } from './dhcp-servers.ts';
import { dnsmasqReply } from './dnsmasq-reply.ts';

/** What a trial knows of its DHCP servers. */
interface ServersFacts {
  agents: DhcpFacts | undefined;
  /** Those with a configuration of their own. */
  dnsmasqs: readonly DnsmasqFacts[];
}

/** What agents' servers grant: of servers with a configuration of their own nothing is asked of the wire. */
class ServersWatch implements FrameWatch {
  readonly grants = new DhcpGrants();
  readonly #asked: boolean;

  constructor(asked: boolean) {
    this.#asked = asked;
  }

  take(frame: Frame): void {
    if (this.#asked) this.grants.take(frame);
  }
}

export const dhcpAnalysis: SystemAnalysis<ServersFacts, ServersWatch> = {
  factsOf: ({ dhcp, dnsmasq = [] }) =>
    dhcp || dnsmasq.length > 0 ? { agents: dhcp, dnsmasqs: dnsmasq } : undefined,
  listen: ({ facts }) => new ServersWatch(facts.agents !== undefined),
  analyse: ({ facts: { agents, dnsmasqs }, trial, windows, at, records, watch }) => {
    // Servers are looked at once for the whole trial, whatever was broken after the first fault.
    if (at > 0) return {};
    const causes = replyCauses(dnsmasqs);
    if (!agents) return { causes };
    const found = dhcpFindings(agents, watch.grants, records, windows, BigInt(trial.epoch_ns));
    const { metrics, bounds, moments, tables } = found;
    return { metrics, bounds, moments, rows: tables, causes };
  },
};

/**
 * How long the slowest of the servers that are left may take for an exchange, according to their configuration: so long
 * a client that asks again waits at most. None where no server with a configuration of its own is known.
 */
export function replyCauses(servers: readonly DnsmasqFacts[]): Cause[] {
  const replies = servers
    .filter(({ survived }) => survived !== false)
    .flatMap(({ args, node, ...tree }) => dnsmasqReply(args, node, tree) ?? []);
  if (replies.length === 0) return [];
  const reaches = { kind: 'on-link' } as const;
  const unknown = replies.find((reply) => !reply.known);
  if (unknown && !unknown.known) return [{ reaches, missing: unknown.reason }];
  const { exchange_ms, from } = replies
    .flatMap((reply) => (reply.known ? [reply] : []))
    .toSorted((a, b) => b.exchange_ms - a.exchange_ms)[0]!;
  return [{ reaches, bound: { low: 0, high: exchange_ms, from } }];
}
