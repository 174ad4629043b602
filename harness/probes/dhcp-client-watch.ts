import { type LabTime, msFromNs, NS_PER_MS } from '../ground/time.ts';
import type { Bound } from '../journal/journal.ts';
import { leaseLossBounds, leaseTimers } from '../measure/dhcp-bounds.ts';
import { dhcpOf } from '../observe/dhcp.ts';
import {
  type DhcpClientState,
  DhcpClientStates,
  type DhcpRequest,
  type DhcpStateChange,
} from '../observe/dhcp-client-states.ts';
import type { Frame } from '../observe/frame.ts';
import type { Moment, TrialWindows, WireFindings, WireWatch } from './probe.ts';

/** Follows one client's messages through the captures. */
export class DhcpClientWatch implements WireWatch {
  readonly #name: string;
  readonly #states: DhcpClientStates;

  constructor(name: string, mac: string) {
    this.#name = name;
    this.#states = new DhcpClientStates(mac);
  }

  take(frame: Frame): void {
    const message = dhcpOf(frame);
    if (message) this.#states.take(message);
  }

  findings({ fault_ns, end_ns }: TrialWindows): WireFindings {
    const { requests, discovers, changes } = this.#states;
    const inside = ({ at_ns }: { at_ns: LabTime }) => at_ns > fault_ns && at_ns <= end_ns;
    const later = requests.filter(inside);
    const before = lastAck(requests, fault_ns);
    const rebind = later.find(({ state }) => state === 'REBINDING');
    const moved = later.find(
      ({ answer }) => before && answer?.type === 'ack' && answer.server !== before.answer?.server,
    );
    const since = (at_ns: LabTime) => msFromNs(at_ns - fault_ns);
    return {
      metrics: {
        ...counts('renews', later, 'RENEWING'),
        ...counts('rebinds', later, 'REBINDING'),
        ...counts('reboots', later, 'REBOOTING'),
        discovers: discovers.filter((at_ns) => inside({ at_ns })).length,
        naks: requests.filter(({ answer }) => answer?.type === 'nak').length,
        ...(rebind ? { rebind_ms: since(rebind.at_ns) } : {}),
        ...(moved?.answer ? { new_server_ms: since(moved.answer.at_ns) } : {}),
      },
      bounds: rebind && before ? rebindBound(before, fault_ns) : {},
      moments: changes.filter(inside).map((change) => this.#moment(change)),
    };
  }

  #moment({ at_ns, state, address, server }: DhcpStateChange): Moment {
    const of = address ? ` ${address}` : '';
    const who = server ? ` (${state === 'BOUND' || state === 'INIT' ? 'by' : 'asks'} ${server})` : '';
    return { at_ns, event: 'client-state', detail: `${this.#name}: ${state}${of}${who}` };
  }
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

function lastAck(requests: readonly DhcpRequest[], until_ns: LabTime): DhcpRequest | undefined {
  return requests.findLast(({ answer }) => answer?.type === 'ack' && answer.at_ns <= until_ns);
}

/** When a client whose server died at the fault may first ask another: T2 of its lease, by the lease's age. */
function rebindBound({ answer }: DhcpRequest, fault_ns: LabTime): Record<string, Bound> {
  const { lease_s, renewal_s, rebinding_s, at_ns } = answer ?? {};
  if (lease_s === undefined || !Number.isFinite(lease_s) || at_ns === undefined) return {};
  const timers = leaseTimers(lease_s * 1000, {
    ...(renewal_s === undefined ? {} : { t1_ms: renewal_s * 1000 }),
    ...(rebinding_s === undefined ? {} : { t2_ms: rebinding_s * 1000 }),
  });
  const age_ms = (fault_ns - at_ns) / NS_PER_MS;
  return age_ms > timers.t1_ms ? {} : { rebind_ms: leaseLossBounds(timers, age_ms).rebind };
}
