import { seconds } from '../../../ground/bound-arithmetic.ts';
import { InputError } from '../../../ground/errors.ts';
import { NS_PER_MS } from '../../../ground/time.ts';
import type { Bound } from '../../../journal/journal.ts';
import type { Cib, CibPrimitive } from '../config/cib.ts';
import { unmanagedBy } from '../config/cib-meta.ts';
import { parseCorosyncConf } from '../config/corosync-conf.ts';
import { isFalse } from '../config/pacemaker-boolean.ts';
import type { ClusterCause, ClusterEvent, Span } from './cluster-events.ts';
import { nodeLossBound } from './corosync-bounds.ts';
import { fencingBound } from './fencing-bounds.ts';
import { type Fencing, fencingMs } from './fencing-rounds.ts';
import {
  nodeRecoveryBound,
  type PacemakerActions,
  type PacemakerOperation,
  repeatedMonitors,
  resourceFailureBound,
  resourceRecoveryBound,
  roleOf,
} from './pacemaker-bounds.ts';

/** OCF_NOT_RUNNING: the agent knows at once, it need not wait for an answer (OCF 1.1 §5). */
const NOT_RUNNING = 7;

/** Pacemaker 3.0's controller sleeps so long before it asks for the CIB again, when changes of it are under way. */
const PENDING_PAUSE_MS = 1000;
/** After a node was lost: once before it says so, once before it has a new plan made. */
const MOST_PAUSES = 2;

/** How long the cluster may take to notice, and until what it moves serves again; where that is not known, why. */
export interface ClusterBounds {
  detection?: Bound;
  takeover?: Bound;
  /** From the decision to the fence agent's success. */
  fencing?: Bound;
  /** From the moment on at which the lost member's power was taken, to the service again. */
  after_power?: Bound;
  /** By the names above. */
  missing: { detection?: string; takeover?: string; fencing?: string };
}

/** What Pacemaker does on a failure that ends with the service running, on this node or another. */
const RECOVERS = /^(?:restart|standby)?$/i;
/** Meta attributes that decide whether Pacemaker manages a resource. */
const MANAGED = new Set(['is-managed', 'maintenance']);

/**
 * What corosync's and Pacemaker's settings allow for what the cluster did. Where it did what it was asked to, nothing
 * was to be noticed; where its settings are not followed, the reason is given instead of a bound.
 * @param corosync_conf of a member that is left; undefined when none could be read.
 * @param done how long stopping and starting took: what they take is the resource agents' business.
 */
export function clusterBounds(
  cause: ClusterCause | undefined,
  corosync_conf: string | undefined,
  cib: Cib | undefined,
  done: { stops: Span | undefined; starts: Span | undefined } & Partial<DoneBefore>,
): ClusterBounds {
  const actions = { stop_ms: lengthMs(done.stops), start_ms: lengthMs(done.starts) };
  if (cause?.kind === 'node-lost') {
    const fencing = { cib, target: cause.event.node, actions, fencings: done.fencings ?? [] };
    return afterOthers(withFencing(nodeLost(corosync_conf, actions), fencing), done.others_ms ?? 0);
  }
  if (cause?.kind === 'monitor-failed') return monitorFailed(cause.event, cib, actions);
  return { missing: cause ? { takeover: 'the cluster did what it was asked to: no timer bounds it' } : {} };
}

/** What was done before anything was started elsewhere. */
interface DoneBefore {
  fencings: readonly Fencing[];
  /** What operations on other resources took that the member had to end first (`othersBeforeMs`). */
  others_ms: number;
}

/** Pacemaker does one operation at a time on a machine whose load is high (Pacemaker Explained, `load-threshold`). */
function afterOthers(known: ClusterBounds, others_ms: number): ClusterBounds {
  if (others_ms === 0) return known;
  const from = `; + up to ${seconds(others_ms)} (operations on other resources before it: Pacemaker makes one after the other while the machine is busy)`;
  const longer = (bound: Bound) => ({ ...bound, high: bound.high + others_ms, from: bound.from + from });
  const { takeover, after_power } = known;
  return {
    ...known,
    ...(takeover ? { takeover: longer(takeover) } : {}),
    ...(after_power ? { after_power: longer(after_power) } : {}),
  };
}

/** Of a member that is lost without a word. */
export function nodeLost(corosync_conf: string | undefined, actions: PacemakerActions): ClusterBounds {
  if (corosync_conf === undefined) return both('no corosync.conf of a member could be read');
  return knownOrMissing(() => {
    const membership = nodeLossBound(parseCorosyncConf(corosync_conf, 'corosync.conf'));
    return {
      detection: waiting(membership, 1),
      takeover: nodeRecoveryBound(waiting(membership, MOST_PAUSES), actions),
      missing: {},
    };
  });
}

/** Pacemaker starts nothing that ran on a lost member before that one is fenced, where fencing is on. */
function withFencing(
  known: ClusterBounds,
  {
    cib,
    target,
    actions,
    fencings,
  }: { cib: Cib | undefined; target: string; actions: PacemakerActions; fencings: readonly Fencing[] },
): ClusterBounds {
  const fencing = fencings.find((one) => one.target === target);
  if (!fencing && (!cib || isFalse(cib.properties['stonith-enabled']))) return known;
  const { takeover, ...rest } = known;
  const without = (why: string): ClusterBounds => ({ ...rest, missing: { ...rest.missing, takeover: why } });
  if (!fencing?.done_ns) {
    const outcome =
      fencing?.off_ns === undefined ? 'was not fenced' : 'was turned off, and no member counted it as fenced';
    return without(`${target} ${outcome}: Pacemaker starts nothing elsewhere that ran there`);
  }
  const { done_ns, off_ns, failed } = fencing;
  const fence_ms = fencingMs(fencing);
  if (fence_ms === undefined) return without(`when it was decided to fence ${target} is not in the log`);
  const { start_ms } = actions;
  const rest_ms = off_ns === undefined ? undefined : Math.max(0, (done_ns - off_ns) / NS_PER_MS);
  return {
    ...rest,
    ...(takeover ? { takeover: addedTo(takeover, fence_ms, 'fencing') } : {}),
    ...(rest_ms === undefined ? {} : { after_power: restBound(rest_ms, start_ms) }),
    ...fencingKnown(cib, target, failed),
    missing: { ...rest.missing, ...fencingKnown(cib, target, failed).missing },
  };
}

function fencingKnown(cib: Cib | undefined, target: string, failed: number): ClusterBounds {
  if (failed > 0) return { missing: { fencing: `it took ${failed + 1} attempts` } };
  if (!cib) return { missing: { fencing: "the cluster's configuration could not be read" } };
  try {
    return { fencing: fencingBound(cib, target, cib.properties['stonith-action'] ?? 'reboot'), missing: {} };
  } catch (error) {
    if (error instanceof InputError) return { missing: { fencing: error.message } };
    throw error;
  }
}

function addedTo({ low, high, from }: Bound, ms: number, what: string): Bound {
  return { low: low + ms, high: high + ms, from: `${from} + ${what} ${seconds(ms)}` };
}

/** What is left of the fencing when the power is gone, and the start on another member. */
function restBound(rest_ms: number, start_ms: number): Bound {
  const all_ms = rest_ms + start_ms;
  return {
    low: all_ms,
    high: all_ms + PENDING_PAUSE_MS,
    from:
      `from the power being taken: rest of the fencing ${seconds(rest_ms)} + start ${seconds(start_ms)}, ` +
      `+ up to ${seconds(PENDING_PAUSE_MS)} (Pacemaker waits while changes of its CIB are under way)`,
  };
}

function monitorFailed(
  { resource, rc, interval_ms }: ClusterEvent,
  cib: Cib | undefined,
  actions: PacemakerActions,
): ClusterBounds {
  if (!cib) return both("the cluster's configuration could not be read");
  const primitive = cib.primitives.find(({ id }) => id === resource?.replace(/:\d+$/, ''));
  if (!primitive) return both(`resource '${resource}' is not in the configuration that was read`);
  const { operations, promotable } = primitive;
  return knownOrMissing(() => {
    const failed = repeatedMonitors(operations, promotable).filter((one) => one.interval_ms === interval_ms);
    const roles = new Set(failed.map(roleOf));
    const [role] = promotable && roles.size === 1 ? roles : [];
    const view = { at_once: rc === NOT_RUNNING, promotable, ...(role === undefined ? {} : { role }) };
    const detection = resourceFailureBound(operations, view);
    const left = notRecovered(primitive, failed);
    if (left !== undefined) return { detection, missing: { takeover: left } };
    return { detection, takeover: resourceRecoveryBound(operations, actions, view), missing: {} };
  });
}

/** Why Pacemaker does not start a resource again after one of these monitors failed, or why that is not known. */
function notRecovered(
  { id, meta, open_meta }: CibPrimitive,
  failed: readonly PacemakerOperation[],
): string | undefined {
  const other = failed.find(({ on_fail = '' }) => !RECOVERS.test(on_fail));
  if (other) return `on-fail=${other.on_fail} of the monitor of '${id}': Pacemaker does not recover it`;
  const why = unmanagedBy(meta);
  if (why !== undefined) return `'${id}' has ${why}: Pacemaker does not recover it`;
  const open = open_meta.find((name) => MANAGED.has(name));
  return open === undefined ? undefined : `${open} of '${id}' is not followed`;
}

/** A configuration that says more than is followed costs the bounds that need it, and nothing else. */
function knownOrMissing(make: () => ClusterBounds): ClusterBounds {
  try {
    return make();
  } catch (error) {
    if (error instanceof InputError) return both(error.message);
    throw error;
  }
}

function both(why: string): ClusterBounds {
  return { missing: { detection: why, takeover: why } };
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

function lengthMs(span: Span | undefined): number {
  return span ? (span.last_ns - span.first_ns) / NS_PER_MS : 0;
}
