import { InputError } from '../ground/errors.ts';
import type { Bound } from '../journal/journal.ts';

/** Milliseconds as seconds, for the arithmetic that a bound shows: `0.805 s`, `2 s`. */
export function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(3))} s`;
}

/**
 * Refuses what is no time or count: below zero, infinite, no number.
 * @throws InputError naming every one of them.
 */
export function checkNotNegative(values: Record<string, number>): void {
  const problems = Object.entries(values)
    .filter(([, value]) => !(Number.isFinite(value) && value >= 0))
    .map(([name, value]) => ({ message: `${name} must be 0 or more, not ${value}` }));
  if (problems.length > 0) throw new InputError(problems);
}

/** The bound of what needs both, where both run side by side; of one alone that one. */
export function laterOf(a: Bound | undefined, b: Bound | undefined): Bound | undefined {
  if (!a || !b) return a ?? b;
  return {
    low: Math.max(a.low, b.low),
    high: Math.max(a.high, b.high),
    from: `the later of: ${a.from}; and ${b.from}`,
  };
}
