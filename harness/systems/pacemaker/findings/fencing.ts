import type { Moment } from '../../../evidence/moment.ts';
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
  decisions: readonly FencingDecision[];
  /** By the clock of the BMCs. */
  power: readonly PowerEvent[];
}

/** The fencing of one member, from the decision on. What was not seen is undefined. */
export interface Fencing {
  target: string;
  /** When a member asked for it. */
  decided_ns?: LabTime;
  /** When the target lost its power, by its BMC. */
  off_ns?: LabTime;
  /** When Pacemaker counted it as fenced. */
  done_ns?: LabTime;
  /** Attempts that Pacemaker counted as failed before that. */
  failed: number;
}

/** Switched by whoever asked the BMC over the lab's network. */
function isAsked({ by, changed }: PowerEvent): boolean {
  return changed && by !== 'harness' && by !== 'guard';
}

/** The fencings that were begun in a stretch, by target, in the order in which they were begun. */
export function fencingsIn(seen: FencingSeen, { from_ns, to_ns }: Stretch): Fencing[] {
  const within = (at_ns: LabTime | null): at_ns is LabTime =>
    at_ns !== null && at_ns >= from_ns && at_ns < to_ns;
  const outcomes = seen.events.filter(({ kind, at_ns }) => kind === 'fencing' && within(at_ns));
  const found = seen.members.flatMap((target): Fencing[] => {
    const decided = seen.decisions.find((one) => one.target === target && within(one.at_ns));
    const of_target = outcomes.filter(({ node }) => node === target);
    const done = of_target.find(({ rc }) => rc === 0);
    const off = seen.power.find(
      (one) => one.act === 'off' && isAsked(one) && one.nodes.includes(target) && within(one.after_ns),
    );
    if (!decided && !off && of_target.length === 0) return [];
    // Every member that lives is told of each attempt.
    const failures = new Set(
      of_target
        .filter(({ rc, at_ns }) => rc !== 0 && at_ns < (done?.at_ns ?? Infinity))
        .map(({ desc = '' }) => /\(ref=([^)]*)\)/.exec(desc)?.[1] ?? desc),
    );
    const moments = { decided_ns: decided?.at_ns, off_ns: off?.after_ns ?? undefined, done_ns: done?.at_ns };
    return [{ target, ...defined(moments), failed: failures.size }];
  });
  return found.toSorted((a, b) => beginOf(a) - beginOf(b));
}

function beginOf({ decided_ns = Infinity, off_ns = Infinity, done_ns = Infinity }: Fencing): number {
  return Math.min(decided_ns, off_ns, done_ns);
}

/** How long Pacemaker took from the decision to counting the target as fenced, in ms; undefined where it did not. */
export function fencingMs({ decided_ns, done_ns }: Fencing): number | undefined {
  return decided_ns === undefined || done_ns === undefined ? undefined : msFromNs(done_ns - decided_ns);
}

/** Metrics, without `cluster.` before them. */
export function fencingMetrics(
  fencings: readonly Fencing[],
  seen: FencingSeen,
  stretch: Stretch,
): Record<string, number> {
  const first = fencings.find((one) => fencingMs(one) !== undefined);
  return defined({
    fencing_ms: first && fencingMs(first),
    fenced: turnedOff(seen, stretch).length,
    fencing_failed: fencings.reduce((sum, { failed }) => sum + failed, 0),
  });
}

/** The members that BMCs were asked to turn off in a stretch, and did: one for each time. */
function turnedOff({ members, power }: FencingSeen, { from_ns, to_ns }: Stretch): string[] {
  return power
    .filter((one) => one.act === 'off' && isAsked(one) && one.asked_ns >= from_ns && one.asked_ns < to_ns)
    .flatMap(({ nodes }) => nodes.filter((node) => members.includes(node)));
}

/** For the timeline: what was decided, what the BMCs did, what Pacemaker made of it. */
export function fencingMoments({ members, events, decisions, power }: FencingSeen): Moment[] {
  const outcomes = events
    .filter(({ kind }) => kind === 'fencing')
    .filter(({ desc }, at, all) => all.findIndex((one) => one.desc === desc) === at);
  return [
    ...decisions.map(
      ({ at_ns, by, target, action }): Moment => ({
        at_ns,
        event: 'fencing',
        detail: `${by} asks for ${target} to be fenced (${action})`,
      }),
    ),
    ...power
      .filter((one) => isAsked(one) && one.nodes.some((node) => members.includes(node)))
      .flatMap(({ act, after_ns, by, nodes }): Moment[] =>
        after_ns === null
          ? []
          : [
              {
                at_ns: after_ns,
                event: act === 'off' ? 'power-off' : 'power-on',
                detail: `the BMC of ${nodes.join(' and ')} turns it ${act}, as ${by} asked`,
              },
            ],
      ),
    ...outcomes.map(
      ({ at_ns, node, rc, desc }): Moment => ({
        at_ns,
        event: 'fenced',
        detail: rc === 0 ? `${node} counts as fenced` : `${node} could not be fenced${wordsOf(desc)}`,
      }),
    ),
  ];
}

/** Members that were turned off before anything was broken: what follows is not the fault's. */
export function fencedTooSoon(seen: FencingSeen, fault_ns: LabTime): string[] {
  const early = turnedOff(seen, { from_ns: -Infinity, to_ns: fault_ns });
  return early.length > 0 ? [`${early.join(' and ')} was fenced before the fault`] : [];
}

/** What was turned off, and whether it was turned on again, in words. */
export function fencingNotes(seen: FencingSeen, fault_ns: LabTime, end_ns: LabTime): string[] {
  const { members, power } = seen;
  const switched = power.filter((one) => isAsked(one) && one.asked_ns >= fault_ns && one.asked_ns < end_ns);
  return switched.flatMap(({ act, nodes, by, after_ns }, at) => {
    const node = nodes.find((one) => members.includes(one));
    if (act !== 'off' || node === undefined || after_ns === null) return [];
    const on = switched.slice(at + 1).find((one) => one.nodes.includes(node));
    const again = on?.act === 'on' && on.after_ns !== null ? secondsOf(on.after_ns - after_ns) : undefined;
    const then =
      again === undefined ? 'it was not turned on again by fencing' : `it was turned on again ${again} later`;
    return [
      `${node} was fenced (asked by ${by}): its power was off ${secondsOf(after_ns - fault_ns)} after the fault; ${then}`,
    ];
  });
}

function secondsOf(ns: number): string {
  return `${(ns / 1e9).toFixed(2)} s`;
}

/** `: No fence device` of `Operation reboot of lb1 by the cluster for …: No fence device (ref=…)`. */
function wordsOf(desc = ''): string {
  const words = /: ([^:]*?)(?: \(ref=.*)?$/.exec(desc)?.[1];
  return words ? `: ${words}` : '';
}
