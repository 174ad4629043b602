import { z } from 'zod';
import type { Records } from '../../evidence/records.ts';
import { type LabTime, msFromNs } from '../../ground/time.ts';
import { waitUntil } from '../../ground/wait.ts';
import { metric } from '../../journal/metric.ts';
import type { Lab, LabNode } from '../../lab/lab.ts';
import { type DhcpClientEvent, dhcpClientEvents } from '../../systems/dhcp/live/dhcp-client-events.ts';
import { requirePlainDnsmasqs } from '../../systems/dhcp/live/plain-dnsmasq.ts';
import { interfaceName } from '../common-options.ts';
import type { ProbeFindings, ProbeKind, RunningProbe, TrialWindows } from '../probe.ts';
import { requireInterface } from '../require-interface.ts';
import { type ClientRecord, clientRecordOf } from './dhcp-client-record.ts';
import { DhcpClientWatch } from './dhcp-client-watch.ts';

const { duration, count, flag } = metric;

/** A client that nobody answered waits longer and longer before it asks again (RFC 2131 §4.1). */
const ADDRESS_TIMEOUT_MS = 90_000;
/** What a client calls it when it has a lease (dhclient-script(8), dhcpcd-run-hooks(8)). */
const LEASED = new Set(['BOUND', 'RENEW', 'REBIND', 'REBOOT']);

const options = z.strictObject({
  kind: z.literal('dhcp-client'),
  node: z.string().describe('the node in which a DHCP client runs'),
  interface: interfaceName.describe('the interface that it keeps an address on'),
  until: z
    .enum(['ack', 'expired', 'reacquired', 'none'])
    .default('ack')
    .describe(
      'what is waited for after the fault: a lease from some server, the end of the lease, a new lease after that, or nothing',
    ),
});
type ClientOptions = z.output<typeof options>;

/**
 * A real DHCP client of the lab (dhclient, dhcpcd): which state it was in, by its messages on the wire; what it
 * said itself, by its hook script; and whether its interface had an address, by the kernel.
 */
export const dhcpClient: ProbeKind<typeof options> = {
  kind: 'dhcp-client',
  summary: "a real client's lease: its states on the wire, the address on its interface",
  options,
  metrics: {
    renews: count(
      'requests sent in state RENEWING (to its own server, by unicast) from the fault until it has a lease again',
    ),
    renews_answered: count('of these, acknowledged'),
    rebinds: count('requests sent in state REBINDING (to any server, by broadcast) in that time'),
    rebinds_answered: count('of these, acknowledged'),
    reboots: count(
      'requests sent in state REBOOTING in that time (after INIT-REBOOT: the client itself began anew)',
    ),
    reboots_answered: count('of these, acknowledged'),
    discovers: count('DISCOVERs from the fault on: it had to begin from nothing'),
    naks: count('requests refused by a server, whole trial'),
    renew_ms: duration(
      'fault to its first try to reach its own server: a request in state RENEWING, or the ARP request before it; absent when there was none',
    ),
    rebind_ms: duration('fault to its first request in state REBINDING; absent when it never was'),
    acknowledged_ms: duration(
      'fault to the first acknowledgement of a request, by whichever server; absent when there was none',
    ),
    new_server_ms: duration(
      'fault to the first acknowledgement by another server than before; absent when there was none',
    ),
    lost_ms: duration('fault to its interface losing the address; absent when it never did'),
    expired: count('times that it lost its address because the lease had ended'),
    without_address_ms: duration('longest time from the fault on in which its interface had no address'),
    same_address: flag('1 when every address from the fault on was the one it had before, else 0'),
  },
  // Its timers are of seconds.
  most_late_ms: 500,
  nodes: ({ node }) => [node],
  on_link: true,
  port: () => ({ protocol: 'udp', port: 67 }),
  awaits: ({ until }) => (until === 'none' ? [] : ['new_server_ms', 'lost_ms']),
  ready: waitForAddress,
  start: startClient,
  analyse: analyseClient,
  watch: (name, _options, files) => new DhcpClientWatch(name, clientRecordOf(files, recordName(name))),
};

async function waitForAddress(lab: Lab, options: ClientOptions, signal?: AbortSignal): Promise<void> {
  await requirePlainDnsmasqs(lab, signal);
  const node = lab.node(options.node);
  await lab.agent.call('watch_addresses', { node: node.name, pid: node.pid });
  await waitUntil({
    what: `the DHCP client of '${node.name}' to have an address`,
    timeout_ms: ADDRESS_TIMEOUT_MS,
    interval_ms: 100,
    signal,
    check: async () => ((await lab.agent.call('held_addresses', {}))[node.name] ?? []).some(isOwn),
    log: () => lab.log(node.name),
  });
}

async function startClient(lab: Lab, name: string, options: ClientOptions): Promise<RunningProbe> {
  const node = lab.node(options.node);
  const { mac } = requireInterface(lab, options.node, options.interface);
  return new RunningClient(lab, name, node, mac, options);
}

class RunningClient implements RunningProbe {
  readonly name: string;
  readonly #lab: Lab;
  readonly #node: LabNode;
  readonly #mac: string;
  readonly #options: ClientOptions;
  /** All that the agent keeps of what the kernel says of the node's addresses: since the trial began. */
  readonly #since_ns: LabTime = 0;

  constructor(lab: Lab, name: string, node: LabNode, mac: string, options: ClientOptions) {
    this.name = name;
    this.#lab = lab;
    this.#node = node;
    this.#mac = mac;
    this.#options = options;
  }

  async trouble(): Promise<string | undefined> {
    const held = (await this.#lab.agent.call('held_addresses', {}))[this.#node.name] ?? [];
    if (held.some(isOwn)) return undefined;
    const last = (await this.#events()).at(-1);
    return `${this.#node.name} has no address${last ? `; its client's last word: ${last.reason}` : ''}`;
  }

  async settled(since_ns: LabTime): Promise<boolean> {
    const { until } = this.#options;
    if (until === 'none') return true;
    const events = (await this.#events()).filter(({ at_ns }) => at_ns > since_ns);
    const expiry = events.findIndex(({ reason }) => reason === 'EXPIRE');
    if (until === 'expired') return expiry >= 0;
    if (until === 'reacquired' && expiry < 0) return false;
    return events.slice(expiry + 1).some(({ reason }) => LEASED.has(reason));
  }

  async stop(): Promise<Records> {
    const addresses = await this.#lab.agent.call('address_events', { since_ns: this.#since_ns });
    const record: ClientRecord = {
      mac: this.#mac,
      events: await this.#events(),
      addresses: addresses
        .filter(({ node, address }) => node === this.#node.name && isOwn(address))
        .map(({ at_ns, change, address }) => ({ at_ns, change, address })),
    };
    return { [recordName(this.name)]: Buffer.from(`${JSON.stringify(record)}\n`) };
  }

  async abandon(): Promise<void> {
    // Nothing runs.
  }

  async #events(): Promise<DhcpClientEvent[]> {
    const events = await dhcpClientEvents(this.#lab, this.#node);
    return events.filter((event) => event.interface === this.#options.interface);
  }
}

function isOwn(address: string): boolean {
  return !address.startsWith('127.') && !address.includes(':');
}

function recordName(probe: string): string {
  return `${probe}.json`;
}

function analyseClient(
  name: string,
  _options: ClientOptions,
  files: Records,
  { fault_ns, end_ns }: TrialWindows,
): ProbeFindings {
  const { addresses, events } = clientRecordOf(files, recordName(name));
  const before = heldAt(addresses, fault_ns);
  const later = addresses.filter(({ at_ns }) => at_ns > fault_ns && at_ns <= end_ns);
  const without = longestWithout(before, later, fault_ns, end_ns);
  const taken = later.filter(({ change }) => change === 'added').map(({ address }) => address);
  const inside = (at_ns: LabTime) => at_ns > fault_ns && at_ns <= end_ns;
  return {
    metrics: {
      expired: events.filter(({ at_ns, reason }) => reason === 'EXPIRE' && inside(at_ns)).length,
      without_address_ms: msFromNs(without.longest_ns),
      same_address: taken.every((address) => before.has(address)) && before.size > 0 ? 1 : 0,
    },
    outages: [],
    open: without.open ? [`${name}: the client had no address at the end of the trial`] : [],
    doubts: before.size === 0 ? [`${name}: the client had no address before the fault`] : [],
  };
}

function heldAt(addresses: ClientRecord['addresses'], at_ns: LabTime): Set<string> {
  const held = new Set<string>();
  for (const { at_ns: when, change, address } of addresses) {
    if (when > at_ns) break;
    if (change === 'added') held.add(address);
    else held.delete(address);
  }
  return held;
}

/** A client that changes its address takes the old one off first: that moment counts as well. */
function longestWithout(
  before: ReadonlySet<string>,
  later: ClientRecord['addresses'],
  from_ns: LabTime,
  end_ns: LabTime,
): { longest_ns: number; open: boolean } {
  const held = new Set(before);
  let since_ns = held.size === 0 ? from_ns : undefined;
  let longest_ns = 0;
  for (const { at_ns, change, address } of later) {
    if (change === 'added') held.add(address);
    else held.delete(address);
    if (held.size === 0) since_ns ??= at_ns;
    else if (since_ns !== undefined) {
      longest_ns = Math.max(longest_ns, at_ns - since_ns);
      since_ns = undefined;
    }
  }
  const open = since_ns !== undefined;
  return { longest_ns: Math.max(longest_ns, end_ns - (since_ns ?? end_ns)), open };
}
