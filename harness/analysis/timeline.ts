import type { Moment as Known } from '../evidence/moment.ts';
import { type LabTime, msFromNs } from '../ground/time.ts';
import type { LossDirection } from '../journal/journal.ts';
import type { TimelineEvent } from '../journal/timeline-event.ts';
import type { FaultFacts, TrialFacts, TrialWindows } from '../journal/trial-facts.ts';
import { directionWords } from '../outage/loss-direction.ts';
import type { ProbeResult } from './probe-results.ts';

type Moment = [at_ns: LabTime | undefined, event: TimelineEvent['event'], detail: string];

/**
 * What happened in a trial, in order of time.
 * @param others what the systems under test did, and what the captures show of the probes.
 */
export function timelineOf(
  facts: Pick<TrialFacts, 'fault' | 'later_faults'>,
  windows: TrialWindows,
  probes: readonly ProbeResult[],
  others: readonly Known[] = [],
): TimelineEvent[] {
  const faults = [...(facts.fault ? [facts.fault] : []), ...(facts.later_faults ?? [])];
  const moments: Moment[] = [
    [windows.fault_ns, 'fault', facts.fault?.label ?? 'fault applied'],
    ...(facts.later_faults ?? []).map(({ after_ns, label }): Moment => [after_ns, 'fault', label]),
    ...faults.flatMap(healedMoments),
    ...others.map(({ at_ns, event, detail }): Moment => [at_ns, event, detail]),
    ...probes.flatMap(probeMoments),
    ...(faults.length > 0 && faults.every(({ mended }) => mended) ? [] : endMoments(windows)),
  ];
  const events = moments
    .flatMap(([at_ns, event, detail]) =>
      at_ns === undefined ? [] : [{ at_ms: msFromNs(at_ns - windows.fault_ns), event, detail }],
    )
    .sort((a, b) => a.at_ms - b.at_ms);
  // Who follows a fault and who follows the whole trial may have seen the same.
  return [...new Map(events.map((one) => [JSON.stringify(one), one])).values()];
}

/** Of what was healed before the others. */
function healedMoments({ label, mended }: FaultFacts): Moment[] {
  return [
    [mended?.from_ns, 'heal', `healing began: ${label}`],
    [mended?.until_ns, 'node-back', `healed: ${label}`],
  ];
}

function endMoments({ heal_ns, healed_ns }: TrialWindows): Moment[] {
  return [
    [heal_ns, 'heal', 'healing began'],
    [healed_ns, 'node-back', 'healed'],
  ];
}

function probeMoments({ probe: { name }, findings }: ProbeResult): Moment[] {
  const { outages, partial_loss = [], resumed_ns } = findings;
  return [
    ...outages.flatMap((outage): Moment[] => [
      [outage.start_ns, 'outage', `${name}: no service${way(outage.direction)}`],
      [outage.open ? undefined : outage.end_ns, 'outage-end', `${name}: service again`],
    ]),
    ...partial_loss.flatMap(({ start_ns, end_ns, open, loss_ratio, direction }): Moment[] => [
      [start_ns, 'degraded', `${name}: ${(100 * loss_ratio).toFixed(0)} % are lost${way(direction)}`],
      [open ? undefined : end_ns, 'degraded-end', `${name}: no longer`],
    ]),
    [resumed_ns, 'sessions-resumed', `${name}: the last session goes on`],
  ];
}

function way(direction: LossDirection | undefined): string {
  return direction ? `: ${directionWords(direction)}` : '';
}
