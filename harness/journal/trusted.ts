import type { Trial } from './journal.ts';

/**
 * Whether a trial's numbers count: nothing kept it from being measured. Its verdict is another question: a trial
 * whose expectations cannot all be judged is `unknown`, and measured all the same.
 */
export function isTrusted({ doubts, verdict }: Trial): boolean {
  return doubts ? doubts.length === 0 : verdict !== 'unknown';
}

/** Whether what a trial says of a metric is only the least that it may be. */
export function isLowerBound({ lower_bounds = [] }: Trial, metric: string): boolean {
  return lower_bounds.includes(metric);
}
