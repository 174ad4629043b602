import type { Moment } from '../../../evidence/moment.ts';
import { defined } from '../../../ground/defined.ts';
import type { LabTime } from '../../../ground/time.ts';
import {
  type Fencing,
  type FencingSeen,
  failedAttempts,
  fencingMs,
  isAsked,
  outcomesOf,
  type Stretch,
} from './fencing-rounds.ts';

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
    fencing_failed: failedAttempts(seen, stretch),
  });
}

/** The members that BMCs were asked to turn off in a stretch, and did: one for each time. */
function turnedOff({ members, power }: FencingSeen, { from_ns, to_ns }: Stretch): string[] {
  return (
    power
      .filter((one) => one.act === 'off' && isAsked(one) && one.asked_ns >= from_ns && one.asked_ns < to_ns)
      // One that was refused, or went wrong, has no moment.
      .filter(({ after_ns }) => after_ns !== null)
      .flatMap(({ nodes }) => nodes.filter((node) => members.includes(node)))
  );
}

/** For the timeline: what was decided, what the BMCs did, what Pacemaker made of it. */
export function fencingMoments({ members, events, decisions, power }: FencingSeen): Moment[] {
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
    ...outcomesOf(events).map(
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
