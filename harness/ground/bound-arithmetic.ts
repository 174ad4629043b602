import { InputError } from './errors.ts';

/** Milliseconds as seconds, for the arithmetic that a bound shows: `0.805 s`, `2 s`. */
export function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(3))} s`;
}

/**
 * Refuses what is not a time or count: below zero, infinite, no number.
 * @throws InputError naming every one of them.
 */
export function checkNotNegative(values: Record<string, number>): void {
  const problems = Object.entries(values)
    .filter(([, value]) => !(Number.isFinite(value) && value >= 0))
    .map(([name, value]) => ({ message: `${name} must be 0 or more, not ${value}` }));
  if (problems.length > 0) throw new InputError(problems);
}
