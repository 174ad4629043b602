import type { Bound } from '../../../journal/journal.ts';
import { priorityRange, type VrrpInstance } from '../config/vrrp-instance.ts';
import { groupDetection, groupTakeover } from './sync-group.ts';
import {
  abruptTakeoverBound,
  detectionBound,
  gracefulTakeoverBound,
  type VrrpTimers,
} from './vrrp-bounds.ts';

/** What a virtual router's timers will allow when its master goes. */
export interface ForeseenTakeover {
  detection: Bound;
  takeover: Bound;
}

/** Members of a virtual router that may take over from each other: their nodes and instances. */
export interface ForeseenMember {
  node: string;
  instance: VrrpInstance;
  /** The other instances of its sync group. */
  group?: readonly VrrpInstance[];
}

/**
 * What is allowed whichever member is the master and whichever takes over from it: between the least and the most of
 * all of them. A v3 backup takes the interval of its master (RFC 5798 §6.4.2), and its priority is any that the weights
 * of what it tracks may lead to.
 * @returns the reason where that has no answer.
 */
export function foreseenTakeover(
  members: readonly ForeseenMember[],
  departure: 'abrupt' | 'graceful',
): ForeseenTakeover | string {
  const pairs = members.flatMap((heir) =>
    members.filter((one) => one !== heir).map((master) => ({ heir, master })),
  );
  if (pairs.length === 0) return 'only one node takes part in the virtual router: nobody can take over';
  const unlike = pairs.find(
    ({ heir, master }) =>
      heir.instance.version === 2 && heir.instance.advert_int_ms !== master.instance.advert_int_ms,
  );
  if (unlike) {
    const { heir, master } = unlike;
    return `${heir.node} and ${master.node} advertise at different intervals, which VRRPv2 does not take (RFC 3768 §6.4.2)`;
  }
  const takeoverOf = departure === 'abrupt' ? abruptTakeoverBound : gracefulTakeoverBound;
  const found = pairs.flatMap(({ heir, master }) => {
    const others = groupTimers(heir, master).map((timers) => widest(timers.map((one) => takeoverOf(one))));
    return timersOf(heir.instance, master.instance).map((timers) => {
      const takeover = groupTakeover(takeoverOf(timers), others);
      const own = detectionBound(timers, departure);
      const most_phase_ms = departure === 'abrupt' ? timers.advert_ms : 0;
      const waits = { own, phase_ms: undefined, most_phase_ms, takeover };
      const detection = others.length === 0 ? own : groupDetection(waits);
      return { node: heir.node, takeover, detection };
    });
  });
  const of = (which: 'takeover' | 'detection') =>
    widest(namingHeirs(found.map((one) => ({ node: one.node, bound: one[which] }))));
  return { detection: of('detection'), takeover: of('takeover') };
}

/** Of each other instance of the heir's sync group; what its master advertises is in the master's own one. */
function groupTimers(heir: ForeseenMember, master: ForeseenMember): VrrpTimers[][] {
  return (heir.group ?? []).map((one) => {
    const other = master.group?.find(
      ({ virtual_router_id, family }) => virtual_router_id === one.virtual_router_id && family === one.family,
    );
    return timersOf(one, other ?? one);
  });
}

/** Where it matters who takes over, it is said. */
function namingHeirs(all: readonly { node: string; bound: Bound }[]): Bound[] {
  const alike = new Set(all.map(({ bound }) => bound.from)).size === 1;
  return all.map(({ node, bound }) =>
    alike ? bound : { ...bound, from: `${bound.from} (${node} takes over)` },
  );
}

function timersOf(heir: VrrpInstance, master: VrrpInstance): VrrpTimers[] {
  const { version, down_timer_adverts } = heir;
  const advert_ms = version === 3 ? master.advert_int_ms : heir.advert_int_ms;
  const { low, high } = priorityRange(heir);
  return [high, low].map((priority) => ({ advert_ms, priority, version, down_timer_adverts }));
}

/** From the least to the most of several bounds, one at least. */
export function widest(bounds: readonly Bound[]): Bound {
  return {
    low: Math.min(...bounds.map(({ low }) => low)),
    high: Math.max(...bounds.map(({ high }) => high)),
    from: [...new Set(bounds.map(({ from }) => from))].join(', or '),
  };
}
