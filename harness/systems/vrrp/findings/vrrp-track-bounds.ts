import { seconds } from '../../../ground/bound-arithmetic.ts';
import type { Bound } from '../../../journal/journal.ts';
import {
  priorityRange,
  type ScriptTrack,
  type VrrpInstance,
  type VrrpTrack,
} from '../config/vrrp-instance.ts';
import { abruptTakeoverBound, gracefulTakeoverBound, type VrrpTimers } from './vrrp-bounds.ts';

/** What is lost on the node that owns a virtual router: one thing of those that its keepalived may look at. */
export type Loss =
  /** A process, by name. `hang`: it is there and does nothing. */
  | { kind: 'process'; name: string; how: 'kill' | 'hang' }
  /** An interface whose carrier is gone. */
  | { kind: 'interface'; name: string };

/** A member of a virtual router: its node, and its instance of it. */
export interface TrackingMember {
  node: string;
  instance: VrrpInstance;
}

/** What keepalived makes of a loss. */
export type LossOutcome =
  /** Another member takes over, so long after the loss. */
  | { moves: true; node: string; bound: Bound; by: string }
  /** The address can never move because of it. */
  | { moves: false; why: string }
  /** What will happen can't be computed. */
  | { moves: 'unknown'; why: string };

/**
 * What the loss of something on the owner does to a virtual router, by what the owner tracks. A check without a weight
 * takes the instance to FAULT, where it says farewell with priority 0 (RFC 5798 §6.4.3), so the backup waits for its
 * skew alone. A weight only lowers the owner's priority in its next adverts: a backup whose own is higher then drops
 * them, and its Master_Down timer, which runs since the last advert before, runs out (RFC 5798 §6.4.2).
 * @param siblings the owner's other instances: what takes one of its sync group to FAULT takes all.
 * @returns undefined when nothing that the owner tracks is known to look at what is lost.
 */
export function lossOutcome(
  owner: TrackingMember,
  others: readonly TrackingMember[],
  loss: Loss,
  siblings: readonly VrrpInstance[] = [],
): LossOutcome | undefined {
  const group = siblings.filter(
    (one) => owner.instance.sync_group !== undefined && one.sync_group === owner.instance.sync_group,
  );
  const own = noticing(owner.instance.tracks, loss);
  const faults = [...own, ...group.flatMap(({ tracks }) => noticing(tracks, loss))].filter(
    ({ track, weighted }) => !weighted && !track.reverse,
  );
  if (faults.length > 0) return faultOutcome(owner, others, loss, faults);
  const weighted = own.filter((one) => one.weighted);
  if (weighted.length > 0) return priorityOutcome(owner, others, weighted);
  return undefined;
}

/** A track that notices a loss, and when. */
interface Notice {
  track: VrrpTrack;
  weighted: boolean;
  bound: Bound;
}

function noticing(tracks: readonly VrrpTrack[], loss: Loss): Notice[] {
  return tracks.flatMap((track) => {
    // What was lost before can't be lost again.
    if (track.up === false) return [];
    const bound = noticeBound(track, loss);
    return bound ? [{ track, weighted: track.weight !== 0, bound }] : [];
  });
}

function noticeBound(track: VrrpTrack, loss: Loss): Bound | undefined {
  if (loss.kind === 'interface') {
    return track.kind === 'interface' && track.name === loss.name
      ? { low: 0, high: 0, from: `${loss.name} is tracked` }
      : undefined;
  }
  // A process that hangs is there: keepalived sees nothing, and neither do pidof and its like.
  if (loss.how !== 'kill') return undefined;
  if (track.kind === 'script' && looksFor(track.command, loss.name)) return scriptBound(track);
  if (track.kind === 'process' && track.quorum === 1 && isProcess(track.process, loss.name)) {
    const delay = track.terminate_delay_ms;
    return { low: delay, high: delay, from: `terminate_delay ${seconds(delay)} of '${track.name}'` };
  }
  return undefined;
}

/**
 * How long after a loss a check script has failed often enough, in ms: it runs every interval, so the first bad run
 * begins within one interval, and `fall` of them are needed. A run that ends at once is taken for granted.
 */
export function scriptBound({ name, fall, interval_ms }: ScriptTrack): Bound {
  const each = seconds(interval_ms);
  return {
    low: (fall - 1) * interval_ms,
    high: fall * interval_ms,
    from: `script '${name}' every ${each}: ${fall - 1} x ${each} to ${fall} x ${each}`,
  };
}

/** Whether a command only succeeds while a process of that name runs. */
function looksFor(command: string, process: string): boolean {
  const words = command.split(/[\s'"`()|;&]+/).filter((word) => word !== '');
  const asks = words.some((word) => LOOKERS.has(baseName(word)));
  return asks && words.slice(1).some((word) => baseName(word).replace(/\.service$/, '') === process);
}

const LOOKERS = new Set(['pidof', 'pgrep', 'killall', 'killall5', 'is-active', 'pkill']);

function isProcess(tracked: string, name: string): boolean {
  return baseName(tracked.split(' ', 1)[0]!) === name;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function faultOutcome(
  owner: TrackingMember,
  others: readonly TrackingMember[],
  loss: Loss,
  faults: readonly Notice[],
): LossOutcome {
  const next = successor(others);
  if (!next) return { moves: 'unknown', why: `no other member of ${owner.instance.name} is known` };
  const first = soonest(faults);
  // Without its own interface it can't say farewell.
  const silent = loss.kind === 'interface' && loss.name === owner.instance.interface;
  return taken(owner, next, first, silent ? abruptTakeoverBound : gracefulTakeoverBound);
}

function priorityOutcome(
  owner: TrackingMember,
  others: readonly TrackingMember[],
  weighted: readonly Notice[],
): LossOutcome {
  const before = priorityRange(owner.instance);
  const drop = weighted.reduce((sum, { track }) => sum + changeOf(track), 0);
  const after = { low: clamp(before.low + drop), high: clamp(before.high + drop) };
  const names = weighted.map(({ track }) => `'${track.name}'`).join(', ');
  const arithmetic = `${names}: priority ${before.high} ${drop < 0 ? '-' : '+'} ${Math.abs(drop)} = ${after.high}`;
  const stays = `${arithmetic} of ${owner.node}`;
  const above = others.filter(({ instance }) => priorityRange(instance).high > after.low);
  if (owner.instance.priority === 255) {
    return {
      moves: false,
      why: `${names} can never move the address: priority 255 of ${owner.node} never changes`,
    };
  }
  const rivals = others.map(({ node, instance }) => `${node}'s ${priorityRange(instance).high}`).join(', ');
  if (above.length === 0) {
    return {
      moves: false,
      why: `${stays} stays at or above ${rivals}: this check can never move the address`,
    };
  }
  const preempting = above.filter(({ instance }) => !instance.nopreempt);
  if (preempting.length === 0) {
    const nodes = above.map(({ node }) => node).join(', ');
    return {
      moves: false,
      why: `${stays} is below ${rivals}, but ${nodes} has nopreempt: this check can never move the address`,
    };
  }
  const sure = preempting.filter(({ instance }) => priorityRange(instance).low > after.high);
  const next = successor(sure);
  if (!next)
    return { moves: 'unknown', why: `${stays} may be above or below ${rivals}: their checks have weights` };
  const outcome = taken(owner, next, soonest(weighted), abruptTakeoverBound);
  const delay = next.instance.preempt_delay_ms;
  if (delay === 0 || outcome.moves !== true) return outcome;
  // Until the delay is over it takes the lower adverts; its timer runs from the last of them.
  const { low, high, from } = outcome.bound;
  const advert = owner.instance.advert_int_ms;
  const bound = {
    low: low + delay,
    high: high + delay + advert,
    from: `${from}, + preempt_delay ${seconds(delay)}`,
  };
  return { ...outcome, bound };
}

/** By how much a loss changes the priority: keepalived takes back what it gave, or gives what it held back. */
function changeOf({ weight, reverse }: VrrpTrack): number {
  return reverse ? Math.abs(weight) : -Math.abs(weight);
}

function clamp(priority: number): number {
  return Math.max(1, Math.min(priority, 254));
}

/** The first to take over: the one with the highest priority waits the shortest. */
function successor(members: readonly TrackingMember[]): TrackingMember | undefined {
  return members.toSorted((a, b) => priorityRange(b.instance).low - priorityRange(a.instance).low)[0];
}

function soonest(notices: readonly Notice[]): Notice {
  return notices.toSorted((a, b) => a.bound.high - b.bound.high)[0]!;
}

function taken(
  owner: TrackingMember,
  next: TrackingMember,
  { track, bound: notice }: Notice,
  takeover: (timers: VrrpTimers) => Bound,
): LossOutcome {
  const { low, high } = priorityRange(next.instance);
  // The lower its priority, the longer it waits.
  const [latest, earliest] = [low, high].map((priority) => takeover(timersFor(owner, next, priority)));
  return {
    moves: true,
    node: next.node,
    by: track.name,
    bound: {
      low: notice.low + earliest!.low,
      high: notice.high + latest!.high,
      from: `${notice.from}; then ${latest!.from}`,
    },
  };
}

/** A backup with VRRPv3 keeps the interval that its master advertises (RFC 5798 §6.4.2). */
function timersFor(owner: TrackingMember, { instance }: TrackingMember, priority: number): VrrpTimers {
  const { version, down_timer_adverts } = instance;
  const advert_ms = version === 3 ? owner.instance.advert_int_ms : instance.advert_int_ms;
  return { advert_ms, priority, version, down_timer_adverts };
}
