import {
  HANDOVER_MS,
  type Holding,
  holdersAt,
  holdingOf,
  sharedMs,
} from '../../../evidence/address-holding.ts';
import { defined } from '../../../ground/defined.ts';
import { type LabTime, msFromNs, NS_PER_MS } from '../../../ground/time.ts';
import type { Bound } from '../../../journal/journal.ts';
import type {
  AddressEvent,
  FaultFacts,
  RouterFacts,
  TrialFacts,
  TrialWindows,
} from '../../../journal/trial-facts.ts';
import type { AddressAnswers } from '../../../observe/address-answers.ts';
import type { CarriedPorts, ProbePort } from '../../../observe/carried-ports.ts';
import type { ForwardingCollector } from '../../../observe/forwarding.ts';
import type { VrrpEvents } from '../../../observe/vrrp-events.ts';
import { type VrrpTimeline, vrrpTimeline } from '../../../observe/vrrp-timeline.ts';
import { familyOf } from '../../../topology/addresses.ts';
import { addressChanges, firstAnswer } from '../../shared-address.ts';
import type { CutOff } from './cut-off.ts';
import { groupSilence, groupWaiting } from './group-waiting.ts';
import { routerBounds } from './router-bounds.ts';
import { type MemberInstance, memberInstances, ownEvents } from './router-instances.ts';
import { routerTaking, sharedAddress } from './router-taking.ts';
import { takenOver } from './taken-over.ts';
import { masterDownMs, skewMs, type VrrpTimers } from './vrrp-bounds.ts';
import { phaseMs, timersOnWire } from './wire-timers.ts';

/** What became of a virtual router in a trial. What was not seen is undefined. */
export interface RouterFindings {
  router: RouterFacts;
  /** As it is for this router; undefined in records of before. */
  fault?: FaultFacts | undefined;
  /** What the fault cut its owner off from. */
  cut?: CutOff | undefined;
  /** Of the fault's stretch. */
  windows: TrialWindows;
  /** When the next fault was applied that found it with an owner, or the trial ended. */
  next_ns: LabTime;
  timeline: VrrpTimeline;
  /** The node that took the address over, by the kernel's word. */
  new_owner: string | undefined;
  address_ns: LabTime | undefined;
  /** When the new master first sent a client's packet on, with the address on it. */
  forwarded_ns: LabTime | undefined;
  /** When it first sent an answer back to the client, with the address on it. */
  answer_ns: LabTime | undefined;
  /** The probes whose packets its members were seen to send on; undefined where that was not looked for. */
  ports: readonly ProbePort[] | undefined;
  /** Whether the fault took part of its owner; undefined where that is not known. */
  touched: boolean | undefined;
  /** When the old master had been silent for so long that the new one's skew time began. */
  silence_ns: LabTime | undefined;
  owners_max: number;
  /** When more than one node held the address. */
  holding: Holding;
  /** Every change of who holds the address, from the fault on. */
  changes: AddressEvent[];
  /** When its owner of before held it again after healing had begun. */
  failback: Failback | undefined;
  /** How often the members advertise; undefined when it is not known. */
  advert_ms: number | undefined;
  bounds: Record<string, Bound>;
  /** Metric to the reason why it has no bound. */
  missing_bounds: Record<string, string>;
  /** What follows from the configuration and is worth knowing: one sentence each. */
  notes: string[];
}

/** That the owner of before got the address again, without another fault. */
export interface Failback {
  /** When the healing of the fault began. */
  from_ns: LabTime;
  at_ns: LabTime;
}

/** What the captures hold about virtual routers. */
export interface RoutersOnWire {
  vrrp: VrrpEvents;
  forwarding: ForwardingCollector;
  carried?: CarriedPorts;
}

/** The kernel's news of an address comes to the agent so much later than the kernel has it, at most. */
const NEWS_NS = 5 * NS_PER_MS;

/**
 * What the captures and the kernel's address changes say about a virtual router between a fault and its healing.
 * @param options.answers who answers at its address, from the moment on at which it was taken.
 * @param options.asked_at a probe asks at the address itself: what its members send on for others is not its service.
 * @param options.next_ns when the next fault was applied: what moved from then on moved because of it.
 */
export function routerFindings(
  router: RouterFacts,
  facts: Pick<TrialFacts, 'address_events' | 'fault'>,
  wire: RoutersOnWire,
  windows: TrialWindows,
  {
    answers,
    asked_at = false,
    next_ns = windows.end_ns,
  }: { answers?: AddressAnswers | undefined; asked_at?: boolean; next_ns?: LabTime } = {},
): RouterFindings {
  const { fault_ns, heal_ns, end_ns } = windows;
  // A fault that takes an address may have done so before its own end.
  const since_ns = facts.fault?.before_ns ?? fault_ns;
  const shared = sharedAddress(router);
  const family = familyOf(router.vip);
  const changes = addressChanges(shared, facts.address_events, since_ns).filter(
    ({ at_ns }) => at_ns < end_ns,
  );
  const taken = routerTaking(router, changes, windows);
  const instances = memberInstances(router);
  const forwarding = asked_at ? undefined : sentOn(router, taken, wire);
  // Where clients ask at the address itself, nothing is sent on.
  const answered = answers && firstAnswer(shared, taken?.node, answers);
  const timeline = vrrpTimeline(ownEvents(wire.vrrp, router, instances), {
    vrid: router.vrid,
    fault_ns,
    until_ns: next_ns,
    vips: [router.vip],
    family,
    macs: new Map(router.members.map(({ node, macs }) => [node, macs])),
  });
  const timers = taken && timersOnWire(timeline, instanceAt(instances, taken.node));
  const group = groupWaiting(router, instances, taken?.node, wire.vrrp, fault_ns);
  const holding = holdingOf(router.owner, changes, end_ns);
  const touched = touchedBy(facts.fault, router.owner);
  const bounds = routerBounds({
    router,
    instances,
    fault: facts.fault,
    taker: taken?.node,
    timers,
    phase_ms: phaseMs(timeline, fault_ns),
    touched,
    group,
  });
  return {
    ...{ router, windows, next_ns, timeline, fault: facts.fault },
    new_owner: taken?.node,
    address_ns: taken?.at_ns,
    forwarded_ns: notBefore(taken?.at_ns, forwarding?.request_ns ?? answered),
    answer_ns: notBefore(taken?.at_ns, forwarding?.answer_ns ?? answered),
    silence_ns: timers && groupSilence(silenceEnd(timeline, timers), group, fault_ns),
    ports: wire.carried?.of(macsOf(router), family),
    touched,
    owners_max: holding.owners_max,
    holding,
    changes,
    failback: failbackOf(router, changes, { from_ns: heal_ns, to_ns: next_ns }),
    advert_ms: advertMs(timeline, instances),
    bounds: bounds.bounds,
    missing_bounds: bounds.missing_bounds,
    notes: [...bounds.notes, ...handoverNotes(router, holding)],
  };
}

/** What the new master sent on for clients. */
function sentOn(
  router: RouterFacts,
  taken: { node: string; at_ns: LabTime } | undefined,
  wire: RoutersOnWire,
) {
  const macs = taken && macsOf(router, taken.node);
  return macs && wire.forwarding.of(macs, taken.at_ns - NEWS_NS, familyOf(router.vip));
}

/** The `vip.*` metrics of a virtual router, and what its return did. */
export function routerMetrics(
  found: RouterFindings,
  { fault_ns, heal_ns, end_ns }: TrialWindows,
): Record<string, number> {
  const { timeline, holding } = found;
  const since = (moment: LabTime | undefined, from_ns = fault_ns) =>
    moment === undefined ? undefined : msFromNs(moment - from_ns);
  return defined({
    'vip.fault_phase_ms': phaseMs(timeline, fault_ns),
    'vip.detection_ms': timeline.detection_ms,
    'vip.address_ms': since(found.address_ns),
    'vip.takeover_ms': since(takenOver(found).at_ns),
    'vip.owners_max': found.owners_max,
    'vip.owners_left': holdersAt(found.router.owner, found.changes, heal_ns),
    'vip.two_owners_ms': sharedMs(holding.shared, -Infinity, heal_ns),
    'rejoin.two_owners_ms': sharedMs(holding.shared, heal_ns, end_ns),
    'rejoin.failback_ms': since(found.failback?.at_ns, found.failback?.from_ns),
  });
}

/** Whether a fault takes part of a node; undefined where its victims were not noted, or there is no such node. */
function touchedBy(fault: TrialFacts['fault'], owner: string | undefined): boolean | undefined {
  return owner === undefined ? undefined : fault?.victims?.includes(owner);
}

/** Takeover never precedes ownership: what was sent on before was not sent as the owner. */
function notBefore(owned_ns: LabTime | undefined, sent_ns: LabTime | undefined): LabTime | undefined {
  return owned_ns === undefined || sent_ns === undefined ? undefined : Math.max(owned_ns, sent_ns);
}

function instanceAt(instances: readonly MemberInstance[], node: string) {
  return instances.find((one) => one.node === node)?.instance;
}

function silenceEnd({ last_advert_ns, graceful }: VrrpTimeline, timers: VrrpTimers): LabTime | undefined {
  if (last_advert_ns === undefined || graceful) return last_advert_ns;
  return last_advert_ns + (masterDownMs(timers) - skewMs(timers)) * NS_PER_MS;
}

function failbackOf(
  { owner }: RouterFacts,
  changes: readonly AddressEvent[],
  { from_ns, to_ns }: { from_ns: LabTime; to_ns: LabTime },
): Failback | undefined {
  const back = changes.find(
    ({ at_ns, node, change }) => node === owner && change === 'added' && at_ns >= from_ns && at_ns < to_ns,
  );
  return back && { from_ns, at_ns: back.at_ns };
}

function advertMs(
  { announced_interval_ms }: VrrpTimeline,
  instances: readonly MemberInstance[],
): number | undefined {
  const known = [announced_interval_ms, ...instances.map(({ instance }) => instance?.advert_int_ms)].filter(
    (interval) => interval !== undefined,
  );
  return known.length > 0 ? Math.min(...known) : undefined;
}

function handoverNotes({ vip }: RouterFacts, { handovers }: Holding): string[] {
  return handovers
    .filter(({ from_ns, to_ns }) => to_ns - from_ns >= NS_PER_MS)
    .map(
      ({ from_ns, to_ns, nodes }) =>
        `${nodes.join(' and ')} both held ${vip} for ${msFromNs(to_ns - from_ns).toFixed(1)} ms while it was ` +
        `handed over; less than ${HANDOVER_MS} ms does not count as two owners`,
    );
}

/** Of its members, or of one of them. */
function macsOf({ members }: RouterFacts, only?: string): string[] {
  return members.flatMap(({ node, macs }) => (only === undefined || node === only ? macs : []));
}
