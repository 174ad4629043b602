import type { Rate } from '../ground/wilson.ts';

/**
 * Two-sided p of Fisher's exact test: of all tables with the same sums, the share of those that are at most as likely.
 * @returns 1 where one side has nothing.
 */
export function fisherP(first: Rate, second: Rate): number {
  const events = first.count + second.count;
  const total = first.of + second.of;
  const logs = logFactorials(total);
  const choose = (n: number, k: number) => logs[n]! - logs[k]! - logs[n - k]!;
  const chance = (count: number) =>
    Math.exp(choose(first.of, count) + choose(second.of, events - count) - choose(total, events));
  const seen = chance(first.count);
  let p = 0;
  for (let count = Math.max(0, events - second.of); count <= Math.min(events, first.of); count += 1) {
    const one = chance(count);
    // Equally likely tables differ by rounding.
    if (one <= seen * (1 + 1e-7)) p += one;
  }
  return Math.min(1, p);
}

/** What happens more often than at this rate is seen at least once in so many trials, with 95 % probability. */
export function visibleRate(trials: number): number {
  return 1 - 0.05 ** (1 / trials);
}

function logFactorials(most: number): number[] {
  const logs = [0];
  for (let n = 1; n <= most; n += 1) logs.push(logs[n - 1]! + Math.log(n));
  return logs;
}
