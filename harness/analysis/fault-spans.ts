import type { FaultFacts, TrialFacts, TrialWindows } from '../journal/trial-facts.ts';

/** One fault of a trial, and the time until the next one was applied or mending began. */
export interface FaultSpan {
  fault: FaultFacts;
  /** 1 for the first. */
  number: number;
  windows: TrialWindows;
}

/** Every fault with its own stretch of the trial, in order. */
export function faultSpans(
  { fault, later_faults = [] }: Pick<TrialFacts, 'fault' | 'later_faults'>,
  windows: TrialWindows,
): FaultSpan[] {
  const all = fault ? [fault, ...later_faults] : [];
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
    };
  });
}
