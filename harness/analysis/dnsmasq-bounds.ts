import type { DnsmasqFacts } from '../journal/dnsmasq-facts.ts';
import type { Bound } from '../journal/journal.ts';
import { dnsmasqReply } from '../systems/dhcp/findings/dnsmasq-reply.ts';
import type { ProbeResult } from './probe-results.ts';

const MEASURES = ['gap_ms', 'wait_ms'] as const;

export interface DnsmasqBounds {
  bounds: Record<string, Bound>;
  missing: Record<string, string>;
}

/**
 * How long clients of a probe `dhcp` with `ranges` may be without an address when one of several servers dies, by the
 * configuration of the dnsmasq that are left: a client of the dead one asks again after its retransmission, and is then
 * served as soon as the slowest of them answers. Nothing where no dnsmasq with a configuration of its own is known.
 */
export function dnsmasqBounds(
  probes: readonly ProbeResult[],
  servers: readonly DnsmasqFacts[] = [],
): DnsmasqBounds {
  const found: DnsmasqBounds = { bounds: {}, missing: {} };
  const replies = servers
    .filter(({ survived }) => survived !== false)
    .flatMap(({ args, node, ...tree }) => dnsmasqReply(args, node, tree) ?? []);
  if (replies.length === 0) return found;
  for (const { probe, findings } of probes) {
    const { ranges, retransmit, served_within } = probe.options;
    if (probe.kind !== 'dhcp' || ranges === undefined || !findings.metrics.servers_left) continue;
    const bound = boundOf(replies, Number(retransmit), Number(served_within), findings.metrics.naks ?? 0);
    for (const measure of MEASURES) {
      const metric = `${probe.name}.${measure}`;
      if (typeof bound === 'string') found.missing[metric] = bound;
      else found.bounds[metric] = bound;
    }
  }
  return found;
}

/** The probes' bounds with those by configuration instead, and without those whose configuration gives none. */
export function withDnsmasq(
  bounds: Readonly<Record<string, Bound>>,
  dnsmasq: DnsmasqBounds,
): Record<string, Bound> {
  const rest = Object.entries(bounds).filter(([metric]) => !Object.hasOwn(dnsmasq.missing, metric));
  return { ...Object.fromEntries(rest), ...dnsmasq.bounds };
}

function boundOf(
  replies: readonly NonNullable<ReturnType<typeof dnsmasqReply>>[],
  retransmit_ms: number,
  served_within_ms: number,
  naks: number,
): Bound | string {
  const unknown = replies.find((reply) => !reply.known);
  if (unknown && !unknown.known) return unknown.reason;
  const slowest = replies
    .flatMap((reply) => (reply.known ? [reply] : []))
    .toSorted((a, b) => b.exchange_ms - a.exchange_ms)[0]!;
  const { exchange_ms, from } = slowest;
  if (exchange_ms > served_within_ms)
    return `${from}: the probe's served_within (${served_within_ms / 1000} s) is shorter, so that it may count no client as served`;
  // Who is refused, because its address went to another client meanwhile, begins anew.
  const rounds = naks > 0 ? 2 : 1;
  return {
    low: 0,
    high: retransmit_ms + rounds * exchange_ms,
    from: `DHCP: a client of the dead server asks again after ${retransmit_ms / 1000} s, + ${from}${rounds > 1 ? `, twice: ${naks} were refused once` : ''}`,
  };
}
