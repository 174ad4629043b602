import { z } from 'zod';
import type { Records } from '../../evidence/records.ts';
import type { LabTime } from '../../ground/time.ts';
import { metric } from '../../journal/metric.ts';
import type { Lab } from '../../lab/lab.ts';
import { LATE_MS } from '../../systems/dhcp/findings/dhcp-bounds.ts';
import { requirePlainDnsmasqs } from '../../systems/dhcp/live/plain-dnsmasq.ts';
import { duration } from '../../topology/duration.ts';
import { clientPlace } from '../common-options.ts';
import { noLease } from '../outage-metrics.ts';
import type { ProbeKind, RunningProbe } from '../probe.ts';
import { rangeText } from './address-ranges.ts';
import { analyseDhcp } from './dhcp-analysis.ts';
import { DhcpProgram } from './dhcp-program.ts';
import { portsOf } from './network-ports.ts';
import { poolClients } from './pool-clients.ts';
import { COLLECT_MS, MOST_LATE_MS } from './records/dhcp-exchanges.ts';
import { knownReplyBound, serverLossBound } from './records/dhcp-gap-bounds.ts';

const { duration: time, error, ratio, count, flag } = metric;

/** A client that nobody has served for so long has failed. */
const GIVE_UP_MS = 60_000;
/** So many exchanges in a row, each good at its first try, mean that service is as it should be. */
const GOOD_STREAK = 5;

const dhcpOptions = z.strictObject({
  kind: z.literal('dhcp'),
  ...clientPlace,
  network: z
    .string()
    .optional()
    .describe('the network in the networks file; the clients are the ports of its port_range'),
  ranges: z
    .array(rangeText)
    .min(1)
    .optional()
    .describe(
      'without a networks file: the addresses that clients may get, as 198.18.1.50-198.18.1.99 or 198.18.1.0/25',
    ),
  servers: z
    .array(z.ipv4('an IPv4 address such as 198.18.1.2'))
    .min(1)
    .optional()
    .describe('with ranges: the servers that may offer, and must before the fault; default: any'),
  rate: z.int().min(1).max(100).default(10).describe('clients per second that want an address'),
  held: z.int().min(0).max(100).default(6).describe('leases that are held and renewed every second'),
  retransmit: duration
    .prefault('4s')
    .refine((ms) => ms >= 2000 && ms <= 64_000, 'allowed: 2s to 64s')
    .describe('time to the first retransmission (RFC 2131 section 4.1); it doubles from then on'),
  // An answer to one client alone costs its server's machine an entry in the neighbour table, of which a kernel has
  // a thousand for all its network namespaces together (arp(7), gc_thresh3).
  broadcast: z.boolean().default(true).describe('the clients ask for broadcast answers'),
  served_within: duration
    .prefault(`${LATE_MS}ms`)
    .refine((ms) => ms >= 100 && ms <= 30_000, 'allowed: 100ms to 30s')
    .describe('a client with an address by then was served at its first try; for servers that reply late'),
  offers_within: duration
    .prefault(`${COLLECT_MS}ms`)
    .refine((ms) => ms >= 100 && ms <= 30_000, 'allowed: 100ms to 30s')
    .describe('how long after a DISCOVER offers for it are counted; for servers that reply late'),
});
type DhcpOptions = z.output<typeof dhcpOptions>;

/** What a probe says must fit together. */
const options = dhcpOptions.superRefine((said, context) => {
  const problem = (key: string, message: string) =>
    context.addIssue({ code: 'custom', path: [key], message });
  if (said.network === undefined && said.ranges === undefined)
    context.addIssue({
      code: 'custom',
      message:
        "needs 'network' (of a networks file) or 'ranges' (the addresses that clients may get, such as 198.18.1.50-198.18.1.99)",
    });
  if (said.network !== undefined && said.ranges !== undefined)
    problem('ranges', "has 'network' as well: the addresses of a network are in its networks file");
  if (said.servers !== undefined && said.ranges === undefined)
    problem('servers', "needs 'ranges': the servers of a network are in its networks file");
  for (const key of ['served_within', 'offers_within'] as const)
    if (said[key] > said.retransmit)
      problem(
        key,
        `must not be longer than 'retransmit' (${said.retransmit / 1000} s): a client repeats by then`,
      );
});
/** New clients at a steady rate, each with an identity of its own, and leases that are held. */
export const dhcp: ProbeKind<typeof options> = {
  kind: 'dhcp',
  summary:
    'new DHCP clients at a steady rate, and held leases: which servers answer, which clients get an address',
  options,
  metrics: {
    gap_ms: noLease(
      'longest time between fault and healing in which no new client got an address at its first try; one that reached beyond the healing in its whole length',
    ),
    gap_error_ms: error('how far the gap can be off, either way', { until_healing: true }),
    gap_open_at_heal: flag('1 when clients were still without addresses when healing began, else 0'),
    exchanges: count('clients that asked for an address, whole trial', {
      part: { of: 'failed', words: 'exchanges failed' },
    }),
    failed: count('clients that gave up after 60 s'),
    unfinished: count('clients that were still waiting for an address, or for their next try, at the end'),
    offers_per_discover: count('servers that offered for a DISCOVER: mean before the fault'),
    offers_per_discover_after: count('the same from 1 s after the fault until healing began'),
    servers: count('servers that offered before the fault'),
    servers_after: count('servers that offered from 1 s after the fault until healing began'),
    servers_left: count('servers that offered before and after'),
    equal_offers_ratio: ratio(
      'of DISCOVERs that several servers offered for, those with the same address in all offers',
    ),
    naks: count('refusals of new clients, whole trial'),
    retries: count("DISCOVERs that were not a new client's first, whole trial"),
    same_address_ratio: ratio(
      'ACKs to new clients that give the address which belongs to their MAC; with ranges there is none',
    ),
    wait_ms: time(
      'longest time from the first DISCOVER to the ACK, whatever was repeated, from the fault on',
    ),
    wait_median_ms: time('the median of it'),
    renews: count('RENEWs of held leases (unicast to their server), whole trial'),
    renew_naks: count('of these, refused'),
    orphans: count('held leases whose RENEW was not answered after the fault'),
    orphan_renew_ratio: ratio('of their further RENEWs until healing began, those that were acknowledged'),
    orphan_rebind_ratio: ratio(
      'of their REBINDs (broadcast) until healing began, those that were acknowledged',
    ),
    orphan_reboot_ratio: ratio(
      'of their requests after INIT-REBOOT until healing began, those that were acknowledged',
    ),
    orphan_rebind_ms: time('how long the REBIND that was acknowledged took: median over the orphans'),
    orphan_reboot_ms: time('the same after INIT-REBOOT'),
    outside_ranges: count('with ranges: addresses outside of them that clients got; any fails the trial'),
    shared_addresses: count(
      'with ranges: addresses that two clients of the probe had at the same time; any fails the trial',
    ),
    strange_servers: count(
      'with ranges: servers that offered and are not among `servers`; any fails the trial',
    ),
    servers_back: count(
      'with ranges: of the servers that offered before the fault, those that did so after the healing; a missing one fails the trial',
    ),
    send_jitter_ms: time(
      'how late the next client came, 99th percentile: what the machine did to the schedule',
      { reported: 'journal' },
    ),
  },
  on_link: true,
  most_late_ms: MOST_LATE_MS,
  nodes: ({ from }) => [from],
  port: () => ({ protocol: 'udp', port: 67 }),
  bounds: ({ retransmit, served_within, ranges }, { takeover, missing }, { servers_left, naks = 0 }) => {
    // Where no server was left, when the next one comes is not for DHCP to say.
    if (!servers_left) return {};
    const times = { retransmit_ms: retransmit, served_within_ms: served_within, naks };
    const known = missing ?? (takeover && knownReplyBound(takeover, times));
    const bound = (ranges && known) ?? serverLossBound(retransmit, served_within);
    return { gap_ms: bound, wait_ms: bound };
  },
  foreseen: ({ retransmit, served_within }) => {
    const bound = serverLossBound(retransmit, served_within);
    const on_condition = { ...bound, from: `${bound.from}; where a server is left` };
    return { gap_ms: on_condition, wait_ms: on_condition };
  },
  ready: async (lab, { network }, signal) => {
    if (network === undefined) await requirePlainDnsmasqs(lab, signal);
  },
  start: startDhcp,
  analyse: analyseDhcp,
};

async function startDhcp(lab: Lab, name: string, options: DhcpOptions): Promise<RunningProbe> {
  const { from, rate, held, retransmit, broadcast, network } = options;
  const program = await DhcpProgram.start(lab, name, {
    ...{ from, interface: options.interface, rate, held, broadcast },
    clients: network === undefined ? poolClients(name, rate, GIVE_UP_MS, held) : portsOf(lab, network, held),
    release: network === undefined,
    late_ms: options.served_within,
    collect_ms: options.offers_within,
    retransmit_ms: retransmit,
    give_up_ms: GIVE_UP_MS,
    reuse: false,
    realtime: true,
  });
  return new RunningDhcp(name, program);
}

class RunningDhcp implements RunningProbe {
  readonly name: string;
  readonly #program: DhcpProgram;

  constructor(name: string, program: DhcpProgram) {
    this.name = name;
    this.#program = program;
  }

  async trouble(): Promise<string | undefined> {
    const { measuring, servers, begun, good, good_streak, held, holding } = await this.#program.status();
    if (!measuring) return `no DHCP server has answered twice${servers.length > 0 ? '' : ', none even once'}`;
    if (good_streak < GOOD_STREAK)
      return `${good} of ${begun} clients got an address at their first try, the last ${good_streak} in a row`;
    return holding < held ? `${held - holding} of ${held} held leases are lost` : undefined;
  }

  async settled(since_ns: LabTime): Promise<boolean> {
    const { seen_working_since_ns, undecided } = await this.#program.status(since_ns);
    return undecided === 0 && seen_working_since_ns !== null && seen_working_since_ns > since_ns;
  }

  async stop(): Promise<Records> {
    const records = await this.#program.finish();
    await this.abandon();
    return { [`${this.name}.jsonl`]: records };
  }

  abandon(): Promise<void> {
    return this.#program.end();
  }
}
