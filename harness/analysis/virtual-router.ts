import { defined } from '../ground/defined.ts';
import { InputError } from '../ground/errors.ts';
import { type LabTime, msFromNs, NS_PER_MS } from '../ground/time.ts';
import type { Bound } from '../journal/journal.ts';
import type {
  AddressEvent,
  FaultFacts,
  RouterFacts,
  RouterMember,
  TrialFacts,
} from '../journal/trial-facts.ts';
import { parseKeepalivedConf } from '../measure/keepalived-conf.ts';
import {
  abruptTakeoverBound,
  detectionBound,
  gracefulTakeoverBound,
  masterDownMs,
  skewMs,
  type VrrpTimers,
} from '../measure/vrrp-bounds.ts';
import { type VrrpTimeline, vrrpTimeline } from '../observe/vrrp-timeline.ts';
import type { Wire } from './wire.ts';

/** What became of a virtual router in a trial. What was not seen is undefined. */
export interface RouterFindings {
  router: RouterFacts;
  timeline: VrrpTimeline;
  /** The node that took the address over, by the kernel's word. */
  new_owner: string | undefined;
  address_ns: LabTime | undefined;
  /** When the new master first sent a client's packet on. */
  forwarded_ns: LabTime | undefined;
  /** When it first sent an answer back to the client. */
  answer_ns: LabTime | undefined;
  /** When the old master had been silent for so long that the new one's skew time began, by its configuration. */
  silence_ns: LabTime | undefined;
  owners_max: number;
  /** How often the members advertise, by their configuration; undefined when it can't be followed. */
  advert_ms: number | undefined;
  bounds: Record<string, Bound>;
}

/** What the captures and the kernel's address changes say about a virtual router. */
export function routerFindings(
  router: RouterFacts,
  facts: Pick<TrialFacts, 'address_events' | 'fault'>,
  wire: Wire,
  fault_ns: LabTime,
): RouterFindings {
  const members = new Set(router.members.map((member) => member.node));
  // A fault that takes an address may have done so before its own end.
  const since_ns = facts.fault?.before_ns ?? fault_ns;
  const changes = facts.address_events.filter(
    (event) => event.address === router.vip && members.has(event.node) && event.at_ns >= since_ns,
  );
  const taken = changes.find((event) => event.change === 'added' && event.node !== router.owner);
  const timersByNode = new Map(router.members.map((member) => [member.node, timersOf(member, router.vrid)]));
  const members_ms = [...timersByNode.values()].flatMap((timers) => timers?.advert_ms ?? []);
  const successor = router.members.find((member) => member.node === taken?.node);
  const timers = successor && timersByNode.get(successor.node);
  const forwarding = successor && wire.forwarding.of(successor.macs);
  const timeline = vrrpTimeline(wire.vrrp, {
    vrid: router.vrid,
    fault_ns,
    vips: [router.vip],
    macs: new Map(router.members.map(({ node, macs }) => [node, macs])),
  });
  return {
    router,
    timeline,
    new_owner: taken?.node,
    address_ns: taken?.at_ns,
    forwarded_ns: forwarding?.request_ns,
    answer_ns: forwarding?.answer_ns,
    silence_ns: timers && silenceEnd(timeline, timers),
    owners_max: mostOwners(router.owner, changes),
    advert_ms: members_ms.length > 0 ? Math.min(...members_ms) : undefined,
    bounds: timers ? boundsOf(timers, facts.fault?.departure) : {},
  };
}

/** The `vip.*` metrics of a virtual router. */
export function routerMetrics(found: RouterFindings, fault_ns: LabTime): Record<string, number> {
  const { timeline } = found;
  const since = (moment: LabTime | undefined) =>
    moment === undefined ? undefined : msFromNs(moment - fault_ns);
  const phase_ms = since(timeline.last_advert_ns);
  return defined({
    'vip.fault_phase_ms': phase_ms !== undefined && phase_ms <= 0 ? -phase_ms : undefined,
    'vip.detection_ms': timeline.detection_ms,
    'vip.address_ms': since(found.address_ns),
    'vip.takeover_ms': since(found.forwarded_ns),
    'vip.owners_max': found.owners_max,
  });
}

/** What a member is configured to wait for; undefined when its configuration can't be followed. */
export function timersOf(
  { node, keepalived_conf }: Pick<RouterMember, 'node' | 'keepalived_conf'>,
  vrid: number,
): VrrpTimers | undefined {
  if (keepalived_conf === undefined) return undefined;
  try {
    const instances = parseKeepalivedConf(keepalived_conf, `${node}:keepalived.conf`);
    const instance = instances.find((one) => one.virtual_router_id === vrid);
    return instance && { ...instance, advert_ms: instance.advert_int_ms };
  } catch (error) {
    // It says more than our parser knows: then there is no bound to compare with.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function silenceEnd({ last_advert_ns, graceful }: VrrpTimeline, timers: VrrpTimers): LabTime | undefined {
  if (last_advert_ns === undefined || graceful) return last_advert_ns;
  return last_advert_ns + (masterDownMs(timers) - skewMs(timers)) * NS_PER_MS;
}

/** How many held an address at once, at most, from one who did before these changes. */
export function mostOwners(owner: string | undefined, changes: readonly AddressEvent[]): number {
  const holding = new Set(owner === undefined ? [] : [owner]);
  let most = holding.size;
  for (const { node, change } of changes) {
    if (change === 'added') holding.add(node);
    else holding.delete(node);
    most = Math.max(most, holding.size);
  }
  return most;
}

function boundsOf(timers: VrrpTimers, departure: FaultFacts['departure']): Record<string, Bound> {
  if (!departure) return {};
  const takeover = departure === 'abrupt' ? abruptTakeoverBound(timers) : gracefulTakeoverBound(timers);
  return {
    'vip.detection_ms': detectionBound(timers, departure),
    'vip.address_ms': takeover,
    'vip.takeover_ms': takeover,
  };
}
