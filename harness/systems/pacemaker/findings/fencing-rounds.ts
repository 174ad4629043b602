import { defined } from '../../../ground/defined.ts';
import { type LabTime, msFromNs } from '../../../ground/time.ts';
import type { PowerEvent } from '../../../journal/trial-facts.ts';
import type { ClusterEvent } from './cluster-events.ts';
import type { FencingDecision } from './fencing-log.ts';

/** A stretch of a trial. */
export interface Stretch {
  from_ns: LabTime;
  to_ns: LabTime;
}

/** What is known of the fencing of a cluster in a trial. */
export interface FencingSeen {
  /** Names of the members. */
  members: readonly string[];
  /** What the alert agents wrote down, in order of time. */
  events: readonly ClusterEvent[];
  /** In order of time. */
  decisions: readonly FencingDecision[];
  /** By the clock of the BMCs. */
  power: readonly PowerEvent[];
}

/** One fencing of a member, from the decision on. What was not seen is undefined. */
export interface Fencing {
  target: string;
  /** When a member asked for it: the first one that lived to see its outcome. */
  decided_ns?: LabTime;
  /** When the target lost its power, by its BMC. */
  off_ns?: LabTime;
  /** When Pacemaker counted it as fenced. */
  done_ns?: LabTime;
  /** Attempts that Pacemaker counted as failed before that. */
  failed: number;
}

/** Switched by whoever asked the BMC over the lab's network. */
export function isAsked({ by, changed }: PowerEvent): boolean {
  return changed && by !== 'harness' && by !== 'guard';
}

/**
 * The fencings that were begun in a stretch, in the order in which they were begun. A member may be fenced again and again:
 * each success ends one.
 */
export function fencingsIn(seen: FencingSeen, stretch: Stretch): Fencing[] {
  const found = seen.members.flatMap((target) => fencingsOf(target, seen, stretch));
  return found.toSorted((a, b) => beginOf(a) - beginOf(b));
}

/** Attempts to fence any member that failed in a stretch. */
export function failedAttempts({ events }: FencingSeen, { from_ns, to_ns }: Stretch): number {
  const failures = outcomesOf(events).filter(
    ({ rc, at_ns }) => rc !== 0 && at_ns >= from_ns && at_ns < to_ns,
  );
  return failures.length;
}

/** The results of attempts, each once: every member that lives is told of it. */
export function outcomesOf(events: readonly ClusterEvent[]): ClusterEvent[] {
  const attempt = ({ node, rc, desc = '' }: ClusterEvent) =>
    JSON.stringify([node, rc, /\(ref=([^)]*)\)/.exec(desc)?.[1] ?? desc]);
  return events
    .filter(({ kind }) => kind === 'fencing')
    .filter((one, at, all) => all.findIndex((other) => attempt(other) === attempt(one)) === at);
}

function fencingsOf(target: string, seen: FencingSeen, { from_ns, to_ns }: Stretch): Fencing[] {
  const outcomes = outcomesOf(seen.events).filter(
    ({ node, at_ns }) => node === target && at_ns >= from_ns && at_ns < to_ns,
  );
  const successes = outcomes.filter(({ rc }) => rc === 0).map(({ at_ns }) => at_ns);
  const begins = [from_ns, ...successes];
  return begins.flatMap((begin_ns, at): Fencing[] => {
    const done_ns = successes[at];
    const within = (at_ns: LabTime) => at_ns >= begin_ns && at_ns < (done_ns ?? to_ns);
    const decided = seen.decisions.find(
      (one) => one.target === target && within(one.at_ns) && outlived(one, seen.power, done_ns),
    );
    const off_ns = seen.power
      .filter((one) => one.act === 'off' && isAsked(one) && one.nodes.includes(target))
      .flatMap(({ after_ns }) => (after_ns !== null && within(after_ns) ? after_ns : []))[0];
    const failed = outcomes.filter(({ rc, at_ns }) => rc !== 0 && within(at_ns)).length;
    if (!decided && off_ns === undefined && done_ns === undefined && failed === 0) return [];
    return [{ target, ...defined({ decided_ns: decided?.at_ns, off_ns, done_ns }), failed }];
  });
}

/** Whether whoever decided was not turned off before the outcome: otherwise that is another member's doing. */
function outlived(
  { by, at_ns }: FencingDecision,
  power: readonly PowerEvent[],
  done_ns: LabTime = at_ns,
): boolean {
  return !power.some(
    ({ act, nodes, changed, after_ns }) =>
      act === 'off' &&
      changed &&
      nodes.includes(by) &&
      after_ns !== null &&
      after_ns >= at_ns &&
      after_ns < done_ns,
  );
}

function beginOf({ decided_ns = Infinity, off_ns = Infinity, done_ns = Infinity }: Fencing): number {
  return Math.min(decided_ns, off_ns, done_ns);
}

/** How long Pacemaker took from the decision to counting the target as fenced, in ms; undefined where it did not. */
export function fencingMs({ decided_ns, done_ns }: Fencing): number | undefined {
  return decided_ns === undefined || done_ns === undefined ? undefined : msFromNs(done_ns - decided_ns);
}
