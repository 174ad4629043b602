import { type LabTime, NS_PER_MS } from '../../../ground/time.ts';
import type { RouterFacts } from '../../../journal/trial-facts.ts';
import type { VrrpEvents } from '../../../observe/vrrp-events.ts';
import { vrrpTimeline } from '../../../observe/vrrp-timeline.ts';
import type { GroupWaiting } from './router-bounds.ts';
import { type MemberInstance, memberInstances, ownEvents } from './router-instances.ts';
import { groupOf } from './sync-group.ts';
import { masterDownMs, skewMs } from './vrrp-bounds.ts';
import { phaseMs, timersOnWire } from './wire-timers.ts';

/**
 * What the other instances of the new master's sync group waited for. What of them was not on the wire is what its daemon
 * says it was.
 */
export function groupWaiting(
  router: RouterFacts,
  instances: readonly MemberInstance[],
  taker: string | undefined,
  events: VrrpEvents,
  fault_ns: LabTime,
): GroupWaiting[] {
  const own = instances.find(({ node }) => node === taker);
  if (!own?.instance) return [];
  return groupOf(own.instance, own.siblings).map((sibling) => {
    const { virtual_router_id: vrid, virtual_ipaddress, virtual_ipaddress_excluded } = sibling;
    const [first = ''] = [...virtual_ipaddress, ...virtual_ipaddress_excluded];
    const of = { vrid, vip: first.split('/', 1)[0]!, members: router.members };
    const timeline = vrrpTimeline(ownEvents(events, of, memberInstances(of)), { vrid, fault_ns });
    const { version, priority, effective_priority, advert_int_ms, master_advert_int_ms, down_timer_adverts } =
      sibling;
    const timers = timersOnWire(timeline, sibling) ?? {
      version,
      priority: effective_priority ?? priority,
      advert_ms: (version === 3 ? master_advert_int_ms : undefined) ?? advert_int_ms,
      down_timer_adverts,
    };
    return { timers, phase_ms: phaseMs(timeline, fault_ns) };
  });
}

/**
 * When the last of a sync group's instances had heard nothing for as long as it waits but for its skew time.
 * @param own_ns of the instance itself; undefined when it is not known.
 */
export function groupSilence(
  own_ns: LabTime | undefined,
  group: readonly GroupWaiting[],
  fault_ns: LabTime,
): LabTime | undefined {
  if (own_ns === undefined) return undefined;
  return group.reduce((latest, { timers, phase_ms }) => {
    if (phase_ms === undefined) return latest;
    return Math.max(latest, fault_ns + (masterDownMs(timers) - skewMs(timers) - phase_ms) * NS_PER_MS);
  }, own_ns);
}
