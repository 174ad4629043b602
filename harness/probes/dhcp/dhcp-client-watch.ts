import type { Moment } from '../../evidence/moment.ts';
import { smallest } from '../../ground/extremes.ts';
import { type LabTime, msFromNs, NS_PER_MS } from '../../ground/time.ts';
import type { Bound } from '../../journal/journal.ts';
import { arpOf } from '../../observe/arp.ts';
import { dhcpOf } from '../../observe/dhcp.ts';
import {
  type DhcpClientState,
  DhcpClientStates,
  type DhcpRequest,
  type DhcpStateChange,
} from '../../observe/dhcp-client-states.ts';
import type { Frame } from '../../observe/frame.ts';
import { leaseLossBounds, leaseTimers } from '../../systems/dhcp/findings/dhcp-bounds.ts';
import type { TrialWindows, WireFindings, WireWatch } from '../probe.ts';
import type { ClientRecord } from './dhcp-client-record.ts';

/** What one segment has of a client. */
interface Followed {
  states: DhcpClientStates;
  /** When it asked who has an address, and which. */
  searches: { at_ns: LabTime; address: string }[];
}

/** Follows one client's messages through the captures. */
export class DhcpClientWatch implements WireWatch {
  readonly #name: string;
  readonly #record: ClientRecord;
  /** A message that crosses several segments is in the capture of each, and these come one after the other. */
  readonly #segments = new Map<string, Followed>();

  constructor(name: string, record: ClientRecord) {
    this.#name = name;
    this.#record = record;
  }

  take(frame: Frame, segment: string): void {
    const message = dhcpOf(frame);
    const arp = message ? undefined : arpOf(frame);
    if (!message && !arp) return;
    const { states, searches } = this.#at(segment);
    if (message) states.take(message);
    if (arp?.operation === 'request' && arp.sender_mac === states.mac)
      searches.push({ at_ns: frame.at_ns, address: arp.target_ip });
  }

  findings({ fault_ns, end_ns }: TrialWindows): WireFindings {
    const { states, searches } = this.#own();
    const { requests, discovers, changes } = states;
    const inside = ({ at_ns }: { at_ns: LabTime }) => at_ns > fault_ns && at_ns <= end_ns;
    const later = requests.filter(inside);
    const lease = this.#leaseAt(fault_ns);
    const moved = later.find(
      ({ answer }) => lease && answer?.type === 'ack' && answer.server !== lease.server,
    );
    // What it does once it has a lease again is about that one.
    const acknowledged_ns = later.find(({ answer }) => answer?.type === 'ack')?.answer?.at_ns;
    const again_ns = acknowledged_ns ?? end_ns;
    const old = <T extends { at_ns: LabTime }>(one: T | undefined) =>
      one && one.at_ns < again_ns ? one : undefined;
    const first_round = later.filter((request) => old(request));
    const search = old(searches.find((one) => inside(one) && one.address === lease?.server));
    const renewed = old(later.find(({ state }) => state === 'RENEWING'));
    const rebind = old(later.find(({ state }) => state === 'REBINDING'));
    const lost = this.#record.addresses.find((one) => one.change === 'removed' && inside(one));
    const since = (name: string, at_ns: LabTime | undefined) =>
      at_ns === undefined ? {} : { [name]: msFromNs(at_ns - fault_ns) };
    return {
      metrics: {
        ...counts('renews', first_round, 'RENEWING'),
        ...counts('rebinds', first_round, 'REBINDING'),
        ...counts('reboots', first_round, 'REBOOTING'),
        discovers: discovers.filter((at_ns) => inside({ at_ns })).length,
        naks: requests.filter(({ answer }) => answer?.type === 'nak').length,
        ...since('renew_ms', first(renewed?.at_ns, search?.at_ns)),
        ...since('rebind_ms', rebind?.at_ns),
        ...since('acknowledged_ms', acknowledged_ns),
        ...since('new_server_ms', moved?.answer?.at_ns),
        ...since('lost_ms', lost?.at_ns),
      },
      bounds: lossBounds(lease, fault_ns, old(lost) !== undefined),
      moments: [
        ...(search ? [this.#searchMoment(search)] : []),
        ...changes.filter(inside).map((change) => this.#moment(change)),
      ],
    };
  }

  #at(segment: string): Followed {
    const known = this.#segments.get(segment);
    if (known) return known;
    const followed = { states: new DhcpClientStates(this.#record.mac), searches: [] };
    this.#segments.set(segment, followed);
    return followed;
  }

  /** Its own segment's: no other has more of what it sends, and none has it earlier. */
  #own(): Followed {
    const sent = ({ states, searches }: Followed) => [
      ...states.requests.map(({ at_ns }) => at_ns),
      ...states.discovers,
      ...searches.map(({ at_ns }) => at_ns),
    ];
    const [own] = [...this.#segments.values()]
      .map((followed) => ({ followed, times: sent(followed) }))
      .toSorted((a, b) => b.times.length - a.times.length || smallest(a.times) - smallest(b.times));
    return own?.followed ?? this.#at('');
  }

  /** What the client itself said of the lease that it had at a moment: it may be older than the captures. */
  #leaseAt(at_ns: LabTime): ClientRecord['events'][number] | undefined {
    return this.#record.events.findLast((event) => event.at_ns <= at_ns && event.server !== null);
  }

  #moment({ at_ns, state, address, server }: DhcpStateChange): Moment {
    const of = address ? ` ${address}` : '';
    const who = server ? ` (${state === 'BOUND' || state === 'INIT' ? 'by' : 'asks'} ${server})` : '';
    return { at_ns, event: 'client-state', detail: `${this.#name}: ${state}${of}${who}` };
  }

  #searchMoment({ at_ns, address }: { at_ns: LabTime; address: string }): Moment {
    return { at_ns, event: 'client-state', detail: `${this.#name}: looks for its server ${address} (ARP)` };
  }
}

function first(...moments: (LabTime | undefined)[]): LabTime | undefined {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

function counts(
  what: string,
  requests: readonly DhcpRequest[],
  state: DhcpClientState,
): Record<string, number> {
  const sent = requests.filter((request) => request.state === state);
  return {
    [what]: sent.length,
    [`${what}_answered`]: sent.filter(({ answer }) => answer?.type === 'ack').length,
  };
}

/**
 * When a client whose server died at the fault asks it in vain, first asks another, and gives up its address.
 * @param to_the_end its lease was over before it had another.
 */
function lossBounds(
  lease: ClientRecord['events'][number] | undefined,
  fault_ns: LabTime,
  to_the_end: boolean,
): Record<string, Bound> {
  if (!lease?.lease_s) return {};
  const timers = leaseTimers(lease.lease_s * 1000, {
    ...(lease.t1_s === null ? {} : { t1_ms: lease.t1_s * 1000 }),
    ...(lease.t2_s === null ? {} : { t2_ms: lease.t2_s * 1000 }),
  });
  const age_ms = (fault_ns - lease.at_ns) / NS_PER_MS;
  if (age_ms > timers.t1_ms) return {};
  const { renew, rebind, expiry } = leaseLossBounds(timers, age_ms);
  return { renew_ms: renew, rebind_ms: rebind, ...(to_the_end ? { lost_ms: expiry } : {}) };
}
