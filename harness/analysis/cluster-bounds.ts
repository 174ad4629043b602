import { InputError } from '../ground/errors.ts';
import { NS_PER_MS } from '../ground/time.ts';
import type { Bound } from '../journal/journal.ts';
import type { Cib } from '../measure/cib.ts';
import { nodeLossBound } from '../measure/corosync-bounds.ts';
import { parseCorosyncConf } from '../measure/corosync-conf.ts';
import {
  nodeRecoveryBound,
  type PacemakerActions,
  type PacemakerOperation,
  resourceFailureBound,
  resourceRecoveryBound,
} from '../measure/pacemaker-bounds.ts';
import type { ClusterCause, Span } from './cluster-events.ts';

/** OCF_NOT_RUNNING: the agent knows at once, it need not wait for an answer (OCF 1.1 §5). */
const NOT_RUNNING = 7;

/** Pacemaker 3.0's controller sleeps so long before it asks for the CIB again, when changes of it are under way. */
const PENDING_PAUSE_MS = 1000;
/** After a node was lost: once before it says so, once before it has a new plan made. */
const MOST_PAUSES = 2;

/** How long the cluster may take to notice, and until what it moves serves again. */
export interface ClusterBounds {
  detection: Bound;
  takeover: Bound;
}

/**
 * What corosync's and Pacemaker's settings allow for what the cluster did; undefined when it did what it was told to,
 * or its settings can't be followed.
 * @param done how long stopping and starting took: what they take is the resource agents' business.
 */
export function clusterBounds(
  cause: ClusterCause | undefined,
  corosync_conf: string | undefined,
  cib: Cib | undefined,
  done: { stops: Span | undefined; starts: Span | undefined },
): ClusterBounds | undefined {
  try {
    return boundsOf(cause, corosync_conf, cib, {
      stop_ms: lengthMs(done.stops),
      start_ms: lengthMs(done.starts),
    });
  } catch (error) {
    // It says more than our parsers know: then there is no bound to compare with.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function boundsOf(
  cause: ClusterCause | undefined,
  corosync_conf: string | undefined,
  cib: Cib | undefined,
  actions: PacemakerActions,
): ClusterBounds | undefined {
  if (cause?.kind === 'node-lost') {
    if (corosync_conf === undefined) return undefined;
    const membership = nodeLossBound(parseCorosyncConf(corosync_conf, 'corosync.conf'));
    return {
      detection: waiting(membership, 1),
      takeover: nodeRecoveryBound(waiting(membership, MOST_PAUSES), actions),
    };
  }
  if (cause?.kind !== 'monitor-failed') return undefined;
  const primitive = cib?.primitives.find(({ id }) => id === cause.event.resource);
  if (!primitive) return undefined;
  const operations = cause.event.rc === NOT_RUNNING ? primitive.operations.map(atOnce) : primitive.operations;
  return {
    detection: resourceFailureBound(operations),
    takeover: resourceRecoveryBound(operations, actions),
  };
}

/** With up to so many pauses of the controller before it acts. */
function waiting({ low, high, from }: Bound, pauses: number): Bound {
  const seconds = (pauses * PENDING_PAUSE_MS) / 1000;
  return {
    low,
    high: high + pauses * PENDING_PAUSE_MS,
    from: `${from}; + up to ${seconds} s (Pacemaker waits while changes of its CIB are under way)`,
  };
}

function atOnce(operation: PacemakerOperation): PacemakerOperation {
  return { ...operation, timeout: '0' };
}

function lengthMs(span: Span | undefined): number {
  return span ? (span.last_ns - span.first_ns) / NS_PER_MS : 0;
}
