import { type Shift, shiftBetween, upperTail } from './rank-test.ts';

/** Two samples that were made under the same conditions: on one machine. */
export interface Block {
  first: readonly number[];
  second: readonly number[];
}

/** Of the normal distribution. */
const QUANTILE_975 = 1.959964;

/**
 * How far two samples are apart that were made on several machines, each pair of values on one machine alone: van Elteren's
 * test (1960), the sum of Wilcoxon's statistics weighted by 1 / (N + 1), by the normal approximation with ties corrected.
 * The shift is that at which the statistic is what chance gives, the interval of 95 % all those that the test would not
 * refuse.
 * @param blocks one at least, each with one value at least on either side; with one it is `shiftBetween`.
 */
export function blockedShift(blocks: readonly Block[]): Shift {
  const [only] = blocks;
  if (blocks.length === 1 && only) return shiftBetween(only.first, only.second);
  const differences = Float64Array.from(
    new Set(blocks.flatMap(({ first, second }) => second.flatMap((b) => first.map((a) => b - a)))),
  ).sort();
  const last = differences.length - 1;
  // Between two neighbours the score is the same everywhere.
  const above = (at: number) => scoreOf(blocks, (differences[at]! + differences[at + 1]!) / 2);
  const from = firstAtMost(last, above, QUANTILE_975);
  const to = firstAtMost(last, above, -QUANTILE_975 - 1e-12);
  return {
    p: Math.min(1, 2 * upperTail(Math.abs(scoreOf(blocks, 0)))),
    shift: differences[firstAtMost(last, above, 0)]!,
    // Where no shift is refused, however small or large, the interval has no end.
    low: scoreOf(blocks, differences[0]! - 1) > QUANTILE_975 ? differences[from]! : -Infinity,
    high: scoreOf(blocks, differences[last]! + 1) < -QUANTILE_975 ? differences[to]! : Infinity,
  };
}

/** The first of so many places at which a score that falls is at most so much; the number of places where none is. */
function firstAtMost(places: number, score: (at: number) => number, most: number): number {
  let [low, high] = [0, places];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (score(middle) <= most) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How many standard deviations the second samples, less the shift, rank above what chance gives. */
function scoreOf(blocks: readonly Block[], shift: number): number {
  let [sum, variance] = [0, 0];
  for (const { first, second } of blocks) {
    const [n, m] = [first.length, second.length];
    const moved = second.map((value) => value - shift);
    const all = [...first, ...moved];
    const above = moved.reduce(
      (total, b) => total + first.reduce((own, a) => own + (b > a ? 1 : b === a ? 0.5 : 0), 0),
      0,
    );
    const tied = [...Map.groupBy(all, (value) => value).values()].reduce(
      (total, { length }) => total + (length ** 3 - length),
      0,
    );
    const size = n + m;
    const weight = 1 / (size + 1);
    sum += weight * (above - (n * m) / 2);
    variance += weight ** 2 * ((n * m) / 12) * (size + 1 - tied / (size * (size - 1)));
  }
  return variance === 0 ? 0 : sum / Math.sqrt(variance);
}
