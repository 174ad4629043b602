import type { LabTime } from '../../../ground/time.ts';
import type { FaultFacts } from '../../../journal/trial-facts.ts';
import { type ClusterAlert, parseAlerts } from './cluster-alerts.ts';

/** What the cluster noticed or did, on the lab's clock. */
export interface ClusterEvent extends Omit<ClusterAlert, 'at_epoch_ns'> {
  at_ns: LabTime;
}

/** Why the cluster acted. */
export type ClusterCause =
  | { kind: 'node-lost'; event: ClusterEvent }
  | { kind: 'monitor-failed'; event: ClusterEvent }
  /** It was asked to: a member that leaves, an administrator. */
  | { kind: 'asked'; event: ClusterEvent };

/** Of an operation that was cancelled, its result says nothing (Pacemaker's execution status 1). */
const CANCELLED = 1;

/** What the alert agents of several members wrote down, in order of time. */
export function clusterEvents(texts: readonly string[], epoch_ns: bigint): ClusterEvent[] {
  return texts
    .flatMap((text) => parseAlerts(text))
    .map(({ at_epoch_ns, ...alert }) => ({ ...alert, at_ns: Number(at_epoch_ns - epoch_ns) }))
    .sort((a, b) => a.at_ns - b.at_ns);
}

/**
 * The first thing that made the cluster act; undefined when nothing did.
 * @param departure how the fault made a member leave: one that said goodbye was not waited for.
 */
export function causeOf(
  events: readonly ClusterEvent[],
  departure?: FaultFacts['departure'],
): ClusterCause | undefined {
  for (const event of events) {
    if (event.kind === 'node' && event.desc === 'lost')
      return { kind: departure === 'graceful' ? 'asked' : 'node-lost', event };
    if (isFailedMonitor(event)) return { kind: 'monitor-failed', event };
    if (event.task === 'stop') return { kind: 'asked', event };
  }
  return undefined;
}

function isFailedMonitor({ task, rc, status, interval_ms }: ClusterEvent): boolean {
  return task === 'monitor' && (interval_ms ?? 0) > 0 && rc !== 0 && status !== CANCELLED;
}

/** A stretch of stops, or of starts: from the beginning of the first to the end of the last. */
export interface Span {
  first_ns: LabTime;
  last_ns: LabTime;
  events: ClusterEvent[];
}

/**
 * How long operations on other resources took, in ms, that a member ended after a moment and before it started the first of
 * those that it took over.
 * @param all of every resource, fencing devices too.
 */
export function othersBeforeMs(
  all: readonly ClusterEvent[],
  starts: Span | undefined,
  from_ns: LabTime,
): number {
  const [first] = starts?.events ?? [];
  if (!starts || !first) return 0;
  const others = all.filter(
    ({ kind, node, at_ns }) =>
      kind === 'resource' && node === first.node && at_ns > from_ns && at_ns <= starts.first_ns,
  );
  return others.reduce((sum, { exec_ms = 0 }) => sum + exec_ms, 0);
}

/** What was done by one kind of task; undefined when nothing was. */
export function spanOf(events: readonly ClusterEvent[], task: 'start' | 'stop'): Span | undefined {
  const done = events.filter((event) => event.task === task && event.rc === 0 && event.status !== CANCELLED);
  if (done.length === 0) return undefined;
  const begins = done.map(({ at_ns, exec_ms = 0 }) => at_ns - exec_ms * 1e6);
  return { first_ns: Math.min(...begins), last_ns: done.at(-1)!.at_ns, events: done };
}
