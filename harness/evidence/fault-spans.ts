import { type LabTime, NS_PER_MS } from '../ground/time.ts';
import type { FaultFacts, TrialFacts, TrialWindows } from '../journal/trial-facts.ts';
import type { Outage } from '../outage/outage.ts';

/** One fault of a trial, and the time until the next one was applied or healing began. */
export interface FaultSpan {
  fault: FaultFacts;
  /** 1 for the first. */
  number: number;
  windows: TrialWindows;
  /** When the next fault was applied, or the trial ended. */
  next_ns: LabTime;
}

/** Every fault with its own stretch of the trial, in order; one of which nothing is known where the facts have none. */
export function faultSpans(
  { fault, later_faults = [] }: Pick<TrialFacts, 'fault' | 'later_faults'>,
  windows: TrialWindows,
): [FaultSpan, ...FaultSpan[]] {
  const { fault_ns } = windows;
  const unknown = { label: '', stops_forwarding: false, before_ns: fault_ns, after_ns: fault_ns };
  if (!fault) return [{ fault: unknown, number: 1, windows, next_ns: windows.end_ns }];
  const all = [fault, ...later_faults];
  return all.map((one, at) => {
    const until_ns = Math.min(
      all[at + 1]?.before_ns ?? Infinity,
      one.mended?.from_ns ?? Infinity,
      windows.heal_ns,
    );
    const fault_ns = at === 0 ? windows.fault_ns : one.after_ns;
    return {
      fault: one,
      number: at + 1,
      windows: { ...windows, fault_ns, heal_ns: Math.max(fault_ns, until_ns) },
      next_ns: all[at + 1]?.before_ns ?? windows.end_ns,
    };
  }) as [FaultSpan, ...FaultSpan[]];
}

/** An outage may begin so long before its fault: requests that were under way are lost with it, and their answers. */
const MOST_UNDER_WAY_NS = 100 * NS_PER_MS;

/** The fault that an outage began with, or after: the last that it can be. The first where it can be none. */
export function faultOfOutage<Of extends { windows: Pick<TrialWindows, 'fault_ns'> }>(
  spans: readonly [Of, ...Of[]],
  { start_ns, outage_error_ms }: Pick<Outage, 'start_ns' | 'outage_error_ms'>,
): Of {
  const index = spans.findLastIndex(({ windows: { fault_ns } }, at) => {
    const since_ns = fault_ns - (spans[at - 1]?.windows.fault_ns ?? -Infinity);
    const early_ns = Math.max(outage_error_ms * NS_PER_MS, Math.min(MOST_UNDER_WAY_NS, since_ns / 2));
    return start_ns + early_ns >= fault_ns;
  });
  return spans[Math.max(0, index)]!;
}
