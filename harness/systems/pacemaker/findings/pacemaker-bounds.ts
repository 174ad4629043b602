import { checkNotNegative, seconds } from '../../../ground/bound-arithmetic.ts';
import { InputError } from '../../../ground/errors.ts';
import type { Bound } from '../../../journal/journal.ts';
import { isFalse } from '../config/pacemaker-boolean.ts';
import { pacemakerIntervalMs, pacemakerTimeoutMs } from '../config/pacemaker-time.ts';

/** An `<op>` of a resource, its attributes as `cibadmin --query` prints them. */
export interface PacemakerOperation {
  /** `monitor`, `start`, `stop` … */
  name: string;
  /** `0` or left out: not repeated. */
  interval?: string;
  /** 20 s when left out. */
  timeout?: string;
  /** `false` turns the operation off. */
  enabled?: string;
  /** Only of a resource in this role. */
  role?: string;
  /** What Pacemaker does when it fails; `restart` when left out. */
  on_fail?: string;
  /** Until it runs first. */
  start_delay?: string;
  /** It runs first at a multiple of its interval: within one. */
  starts_at_origin?: boolean;
  /** Why Pacemaker never runs it. */
  never?: string;
  /** What of it is not followed. */
  open?: string;
}

/** How long the resource agent takes, in ms, measured or estimated. */
export interface PacemakerActions {
  stop_ms: number;
  start_ms: number;
}

/** What the failure of a resource is looked at with. */
export interface FailureView {
  /** The agent knows at once, it need not wait for an answer. */
  at_once?: boolean;
  /** The resource's instances have roles. */
  promotable?: boolean;
  /** Of the instance that failed, where it is known. */
  role?: 'Promoted' | 'Unpromoted';
}

/** Pacemaker's own, where nothing else is said. */
const DEFAULT_TIMEOUT_MS = 20_000;
/** Roles of a resource that runs. */
const RUNNING = /^(?:started)?$/i;
const RUNNING_WITH_ROLES = /^(?:|unpromoted|slave|promoted|master)$/i;
const PROMOTED = /^(?:promoted|master)$/i;

/** Whether Pacemaker runs an operation of a promotable resource while an instance is promoted, or while it is not. */
export function roleOf({ role = '' }: PacemakerOperation): 'Promoted' | 'Unpromoted' {
  return PROMOTED.test(role) ? 'Promoted' : 'Unpromoted';
}

/** The operations that look again and again at a resource that runs. */
export function repeatedMonitors(
  operations: readonly PacemakerOperation[],
  promotable = false,
): (PacemakerOperation & { interval_ms: number })[] {
  const roles = promotable ? RUNNING_WITH_ROLES : RUNNING;
  return operations
    .filter((one) => one.name === 'monitor' && !isFalse(one.enabled) && one.never === undefined)
    .filter(({ role = '' }) => roles.test(role))
    .map((one) => ({ ...one, interval_ms: pacemakerIntervalMs(one.interval ?? '0') ?? 0 }))
    .filter(({ interval_ms }) => interval_ms > 0);
}

/** How long an operation may take, in ms. */
export function timeoutMs({ timeout }: PacemakerOperation): number {
  return pacemakerTimeoutMs(timeout ?? '') ?? DEFAULT_TIMEOUT_MS;
}

/**
 * From a resource's failure to a monitor that reports it, in ms. A monitor runs `interval` after the last one
 * ended, and its agent may take up to `timeout` to see the failure (a daemon that is stopped but not dead).
 * More than nothing, but nothing more can be promised: the failure may fall right before a monitor.
 * Where several monitors are repeated, only one of them may look deep enough: the slowest counts.
 * @throws InputError when no monitor is repeated (Pacemaker then never looks), or one is not followed.
 */
export function resourceFailureBound(
  operations: readonly PacemakerOperation[],
  { at_once = false, promotable = false, role }: FailureView = {},
): Bound {
  const repeated = repeatedMonitors(operations, promotable);
  const watching = repeated.filter((one) => role === undefined || roleOf(one) === role);
  const monitors = watching.map((one) => {
    if (one.open !== undefined) throw new InputError(`its monitor's ${one.open}`);
    const delay = pacemakerTimeoutMs(one.start_delay ?? '') ?? 0;
    const timeout = at_once ? 0 : timeoutMs(one);
    return { interval: one.interval_ms, delay, timeout, high: Math.max(one.interval_ms, delay) + timeout };
  });
  const slowest = monitors.toSorted((a, b) => b.high - a.high)[0];
  if (!slowest) {
    throw new InputError('no monitor of this resource has an interval, so Pacemaker never sees it fail', {
      remedy: 'Give the resource an operation like: monitor interval=1s timeout=5s',
    });
  }
  const { interval, delay, timeout, high } = slowest;
  const first = delay > interval ? `start-delay ${seconds(delay)}` : `interval ${seconds(interval)}`;
  return { low: 0, high, from: `Pacemaker: monitor, up to ${first} + timeout ${seconds(timeout)}` };
}

/**
 * From a resource's failure to its service again, in ms: detection, then stop, then start, in place or on
 * another node. Not with `on-fail` other than `restart`.
 * @throws InputError as `resourceFailureBound`, or when a time is below 0.
 */
export function resourceRecoveryBound(
  operations: readonly PacemakerOperation[],
  actions: PacemakerActions,
  view: FailureView = {},
): Bound {
  checkNotNegative({ stop_ms: actions.stop_ms, start_ms: actions.start_ms });
  const { stop_ms, start_ms } = actions;
  const detection = resourceFailureBound(operations, view);
  return {
    low: detection.low + stop_ms + start_ms,
    high: detection.high + stop_ms + start_ms,
    from: `${detection.from}; + stop ${seconds(stop_ms)} + start ${seconds(start_ms)}`,
  };
}

/**
 * From a node's loss to the service on another node, in ms: the membership's time (`nodeLossBound` of
 * corosync), then fencing, then start; nothing is stopped, there is nobody left to do it.
 * @param actions.fence_ms 0 when left out: without fencing (`stonith-enabled=false`).
 * @throws InputError when a time is below 0.
 */
export function nodeRecoveryBound(
  membership: Bound,
  actions: { start_ms: number; fence_ms?: number },
): Bound {
  const { start_ms, fence_ms = 0 } = actions;
  checkNotNegative({ start_ms, fence_ms });
  const fencing = fence_ms > 0 ? ` + fencing ${seconds(fence_ms)}` : '';
  return {
    low: membership.low + fence_ms + start_ms,
    high: membership.high + fence_ms + start_ms,
    from: `${membership.from};${fencing} + start ${seconds(start_ms)}`,
  };
}
