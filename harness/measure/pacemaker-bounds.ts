import { InputError } from '../ground/errors.ts';
import type { Bound } from '../journal/journal.ts';
import { checkNotNegative, seconds } from './bound-arithmetic.ts';
import { pacemakerTimeMs } from './pacemaker-time.ts';

/** An `<op>` of a resource, its attributes as `cibadmin --query` prints them. */
export interface PacemakerOperation {
  /** `monitor`, `start`, `stop` … */
  name: string;
  /** `0` or left out: not repeated. */
  interval?: string;
  /** 20 s when left out, unless the cluster's `op_defaults` say otherwise: then pass that. */
  timeout?: string;
  /** `false` turns the operation off. */
  enabled?: string;
}

/** How long the resource agent takes, in ms, measured or estimated. */
export interface PacemakerActions {
  stop_ms: number;
  start_ms: number;
}

const DEFAULT_TIMEOUT = '20s';

/**
 * From a resource's failure to a monitor that reports it, in ms. A monitor runs `interval` after the last one
 * ended, and its agent may take up to `timeout` to see the failure (a daemon that is stopped but not dead).
 * More than nothing, but nothing more can be promised: the failure may fall right before a monitor.
 * Where several monitors are repeated, only one of them may look deep enough: the slowest counts.
 * @throws InputError when no monitor is repeated (Pacemaker then never looks), or a time cannot be read.
 */
export function resourceFailureBound(operations: readonly PacemakerOperation[]): Bound {
  const monitors = operations
    .filter((one) => one.name === 'monitor' && one.enabled !== 'false')
    .map((one) => ({
      interval: pacemakerTimeMs(one.interval ?? '0'),
      timeout: pacemakerTimeMs(one.timeout ?? DEFAULT_TIMEOUT),
    }))
    .filter((one) => one.interval > 0)
    .toSorted((a, b) => b.interval + b.timeout - a.interval - a.timeout);
  const slowest = monitors[0];
  if (!slowest) {
    throw new InputError('no monitor of this resource has an interval, so Pacemaker never sees it fail', {
      remedy: 'Give the resource an operation like: monitor interval=1s timeout=5s',
    });
  }
  const { interval, timeout } = slowest;
  return {
    low: 0,
    high: interval + timeout,
    from: `Pacemaker: monitor, up to interval ${seconds(interval)} + timeout ${seconds(timeout)}`,
  };
}

/**
 * From a resource's failure to its service again, in ms: detection, then stop, then start, in place or on
 * another node. Not with `on-fail` other than `restart`.
 * @throws InputError as `resourceFailureBound`, or when a time is below 0.
 */
export function resourceRecoveryBound(
  operations: readonly PacemakerOperation[],
  actions: PacemakerActions,
): Bound {
  checkNotNegative({ stop_ms: actions.stop_ms, start_ms: actions.start_ms });
  const { stop_ms, start_ms } = actions;
  const detection = resourceFailureBound(operations);
  return {
    low: detection.low + stop_ms + start_ms,
    high: detection.high + stop_ms + start_ms,
    from: `${detection.from}; + stop ${seconds(stop_ms)} + start ${seconds(start_ms)}`,
  };
}

/**
 * From a node's loss to the service on another node, in ms: the membership's time (`nodeLossBound` of
 * corosync), then fencing, then start; nothing is stopped, there is nobody left to do it.
 * @param actions.fence_ms 0 unless told: without fencing (`stonith-enabled=false`).
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
