import { InputError } from '../../../ground/errors.ts';
import type { Bound } from '../../../journal/journal.ts';
import type { FaultFacts, Loss, RouterFacts } from '../../../journal/trial-facts.ts';
import type { MemberInstance } from './router-instances.ts';
import { groupDetection, groupTakeover } from './sync-group.ts';
import {
  abruptTakeoverBound,
  detectionBound,
  gracefulTakeoverBound,
  type VrrpTimers,
} from './vrrp-bounds.ts';
import { lossOutcome, type TrackingMember } from './vrrp-track-bounds.ts';

/** What a virtual router's protocol allows for a fault. */
export interface RouterBounds {
  bounds: Record<string, Bound>;
  missing_bounds: Record<string, string>;
  notes: string[];
}

const TAKING = ['vip.address_ms', 'vip.takeover_ms'] as const;
const NOTHING: RouterBounds = { bounds: {}, missing_bounds: {}, notes: [] };

/**
 * The bounds of a takeover: of a master that left, by the timers of the one that took over; of something that its checks
 * look at, by what they are configured to do.
 * @param of.timers of the node that took over; undefined when they are not known.
 * @param of.phase_ms how long before the fault the last advert was sent; undefined when it was not seen, or came later.
 */
export function routerBounds(of: {
  /** What the other instances of the taker's sync group wait for. */
  group?: readonly GroupWaiting[];
  router: RouterFacts;
  instances: readonly MemberInstance[];
  fault: FaultFacts | undefined;
  taker: string | undefined;
  timers: VrrpTimers | undefined;
  phase_ms?: number | undefined;
  /** Whether the fault took part of the owner; undefined when that is not known. */
  touched: boolean | undefined;
}): RouterBounds {
  const { router, instances, fault, taker, timers, phase_ms, touched, group = [] } = of;
  if (fault?.departure) {
    if (timers) return ofDeparture({ timers, phase_ms }, group, fault.departure);
    // Its owner is where it was: nobody has anything to take over.
    if (touched === false && taker === undefined) return NOTHING;
    const why = whyNone(instances, taker);
    return { ...NOTHING, missing_bounds: missing(['vip.detection_ms', ...TAKING], why) };
  }
  if (fault?.loss && fault.loss.node === router.owner) return ofLoss(fault.loss, instances);
  return NOTHING;
}

/** An instance that waits for its master to be gone. */
export interface GroupWaiting {
  timers: VrrpTimers;
  /** How long before the fault its last advert was sent; undefined when it was not seen, or came later. */
  phase_ms: number | undefined;
}

function ofDeparture(
  own: GroupWaiting,
  group: readonly GroupWaiting[],
  departure: 'abrupt' | 'graceful',
): RouterBounds {
  const { timers, phase_ms } = own;
  const boundOf = (one: GroupWaiting) =>
    departure === 'abrupt'
      ? abruptTakeoverBound(one.timers, one.phase_ms)
      : gracefulTakeoverBound(one.timers);
  try {
    const takeover = groupTakeover(boundOf(own), group.map(boundOf));
    const detection = detectionBound(timers, departure);
    const bounds = {
      'vip.detection_ms':
        group.length === 0
          ? detection
          : groupDetection({
              own: detection,
              phase_ms,
              most_phase_ms: departure === 'abrupt' ? timers.advert_ms : 0,
              takeover,
            }),
      'vip.address_ms': takeover,
      'vip.takeover_ms': takeover,
    };
    return { ...NOTHING, bounds };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...NOTHING, missing_bounds: missing(['vip.detection_ms', ...TAKING], error.message) };
  }
}

/** The victim's checks do the rest, or can't. */
function ofLoss(loss: Loss, instances: readonly MemberInstance[]): RouterBounds {
  const members = instances.flatMap(({ node, instance, siblings }): (TrackingMember & Siblings)[] =>
    instance ? [{ node, instance, siblings }] : [],
  );
  const owner = members.find(({ node }) => node === loss.node);
  const unknown = instances.find(({ instance }) => !instance)?.why;
  if (!owner || unknown !== undefined)
    return { ...NOTHING, missing_bounds: missing(TAKING, unknown ?? 'its owner is not known') };
  const others = members.filter((member) => member !== owner);
  const outcome = lossOutcome(owner, others, loss, owner.siblings);
  if (!outcome) return NOTHING;
  if (outcome.moves === true) {
    return { ...NOTHING, bounds: { 'vip.address_ms': outcome.bound, 'vip.takeover_ms': outcome.bound } };
  }
  return { bounds: {}, missing_bounds: missing(TAKING, outcome.why), notes: [outcome.why] };
}

type Siblings = Pick<MemberInstance, 'siblings'>;

function whyNone(instances: readonly MemberInstance[], taker: string | undefined): string {
  if (taker === undefined) return 'nobody took over';
  const why = instances.find(({ node }) => node === taker)?.why;
  return why ?? `no advertisement of ${taker} was seen`;
}

function missing(metrics: readonly string[], why: string): Record<string, string> {
  return Object.fromEntries(metrics.map((metric) => [metric, why]));
}
