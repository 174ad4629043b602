import { quantileSorted } from 'simple-statistics';
import { type LabTime, msFromNs } from '../ground/time.ts';
import { type Requests, tableOf } from './request-table.ts';

/**
 * How much longer than its interval the probe's longest pause between two requests was, in ms, among the
 * requests sent in [from_ns, to_ns): a probe that the machine did not let run sees nothing meanwhile.
 */
export function longestSendGapMs(
  records: Requests,
  interval_ms: number,
  from_ns: LabTime,
  to_ns: LabTime,
): number {
  let longest = 0;
  let previous: LabTime | undefined;
  for (const sent_ns of tableOf(records).sent_ns) {
    if (sent_ns < from_ns) continue;
    if (sent_ns >= to_ns) break;
    if (previous !== undefined) longest = Math.max(longest, msFromNs(sent_ns - previous) - interval_ms);
    previous = sent_ns;
  }
  return longest;
}

/** What the machine did to a probe's schedule, in ms each. */
export interface KeptFromSchedule {
  /** From shortly before the fault to the end of the trial. */
  starved_ms: number;
  /** The same of the pauses that began before the healing. */
  starved_until_healing_ms: number;
}

/** The longest time that the machine kept a probe from its schedule, in the whole trial and until healing began. */
export function keptFromSchedule(
  requests: Requests,
  interval_ms: number,
  { from_ns, heal_ns, end_ns }: { from_ns: LabTime; heal_ns: LabTime; end_ns: LabTime },
): KeptFromSchedule {
  const records = tableOf(requests);
  const next = records.sent_ns.find((sent_ns) => sent_ns >= heal_ns) ?? heal_ns;
  return {
    starved_ms: longestSendGapMs(records, interval_ms, from_ns, end_ns),
    starved_until_healing_ms: longestSendGapMs(records, interval_ms, from_ns, Math.min(next + 1, end_ns)),
  };
}

/**
 * How much longer than its interval a pause between two requests was, in ms: the quantile `share` (0 to 1)
 * over all of them; 0 with fewer than two requests. Pauses are judged and not moments, for the schedule is
 * kept by another clock than the one that stamps (CLOCK_MONOTONIC, which nobody sets).
 */
export function sendJitterMs(records: Requests, interval_ms: number, share: number): number {
  const { sent_ns } = tableOf(records);
  if (sent_ns.length < 2) return 0;
  const gaps_ns = sent_ns.subarray(1).map((at_ns, before) => at_ns - sent_ns[before]!);
  // It reads positions alone; a copy as an array would take more memory than everything else here.
  const sorted = gaps_ns.sort() as unknown as number[];
  return Math.max(0, msFromNs(quantileSorted(sorted, share)) - interval_ms);
}
