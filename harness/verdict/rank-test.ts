import { medianSorted } from 'simple-statistics';

/** How far two samples are apart. */
export interface Shift {
  /** Two-sided p of Mann and Whitney's test: exact (with ties conditional on them) up to 2500 pairs, then the normal one. */
  p: number;
  /** Hodges and Lehmann's: the median of all differences, second minus first. */
  shift: number;
  /** Its interval of 95 % or more (Hollander, Wolfe, Chicken 2014, 4.3); infinite where there are too few values. */
  low: number;
  high: number;
}

const MOST_EXACT_PAIRS = 2500;
/** Of the normal distribution. */
const QUANTILE_975 = 1.959964;

/**
 * Compares two samples by their ranks alone.
 * @param first one value at least, and so has `second`; all finite.
 */
export function shiftBetween(first: readonly number[], second: readonly number[]): Shift {
  const pairs = first.length * second.length;
  const differences = Float64Array.from(second.flatMap((b) => first.map((a) => b - a))).sort();
  const outside =
    pairs <= MOST_EXACT_PAIRS
      ? exactRank(first.length, second.length)
      : normalRank(first.length, second.length);
  return {
    p: pairs <= MOST_EXACT_PAIRS ? exactP(first, second) : normalP(first, second),
    shift: medianSorted([...differences]),
    low: outside > 0 ? differences[outside - 1]! : -Infinity,
    high: outside > 0 ? differences[pairs - outside]! : Infinity,
  };
}

/** Twice the rank of each value of both samples, the mean rank where they are tied, so that all are whole. */
function doubledRanks(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return values.map((value) => sorted.indexOf(value) + sorted.lastIndexOf(value) + 2);
}

/** The probability of each sum of `count` of these whole numbers, when each choice of them is as likely. */
function sumDistribution(numbers: readonly number[], count: number): Float64Array {
  const most = numbers
    .toSorted((a, b) => b - a)
    .slice(0, count)
    .reduce((sum, one) => sum + one, 0);
  const ways = Array.from({ length: count + 1 }, () => new Float64Array(most + 1));
  ways[0]![0] = 1;
  for (const number of numbers) {
    for (let chosen = count; chosen >= 1; chosen -= 1) {
      const [to, from] = [ways[chosen]!, ways[chosen - 1]!];
      for (let sum = most; sum >= number; sum -= 1) to[sum]! += from[sum - number]!;
    }
  }
  const all = ways[count]!.reduce((sum, one) => sum + one, 0);
  return ways[count]!.map((one) => one / all);
}

const untied = new Map<string, Float64Array>();

/** Of the ranks from 1 on. */
function untiedDistribution(count: number, total: number): Float64Array {
  const key = `${count} of ${total}`;
  const known = untied.get(key);
  if (known) return known;
  const ranks = Array.from({ length: total }, (_, at) => at + 1);
  const chances = sumDistribution(ranks, count);
  untied.set(key, chances);
  return chances;
}

function exactP(first: readonly number[], second: readonly number[]): number {
  const ranks = doubledRanks([...first, ...second]);
  const [own, count] =
    first.length <= second.length
      ? [ranks.slice(0, first.length), first.length]
      : [ranks.slice(first.length), second.length];
  const tied = new Set(ranks).size < ranks.length;
  // Without ties all doubled ranks are even, and every pair of samples of these sizes has the same distribution.
  const scale = tied ? 1 : 2;
  const chances = tied ? sumDistribution(ranks, count) : untiedDistribution(count, ranks.length);
  const seen = own.reduce((sum, one) => sum + one, 0) / scale;
  const mean = (count * (ranks.length + 1)) / scale;
  const far = Math.abs(seen - mean);
  const p = chances.reduce((sum, one, at) => (Math.abs(at - mean) >= far ? sum + one : sum), 0);
  return Math.min(1, p);
}

/** How many of the sorted differences lie outside of the interval at each end, and one. */
function exactRank(n: number, m: number): number {
  const count = Math.min(n, m);
  const least = (count * (count + 1)) / 2;
  const chances = untiedDistribution(count, n + m);
  let tail = 0;
  for (let u = 0; ; u += 1) {
    tail += chances[least + u]!;
    if (tail > 0.025) return u;
  }
}

function normalRank(n: number, m: number): number {
  return Math.max(0, Math.floor((n * m) / 2 - QUANTILE_975 * Math.sqrt((n * m * (n + m + 1)) / 12)));
}

function normalP(first: readonly number[], second: readonly number[]): number {
  const [n, m] = [first.length, second.length];
  const all = [...first, ...second];
  const total = n + m;
  const tied = [...Map.groupBy(all, (value) => value).values()].reduce(
    (sum, { length }) => sum + (length ** 3 - length),
    0,
  );
  const variance = ((n * m) / 12) * (total + 1 - tied / (total * (total - 1)));
  if (variance === 0) return 1;
  const sum = doubledRanks(all)
    .slice(0, n)
    .reduce((before, one) => before + one / 2, 0);
  // With the correction for a discrete distribution.
  const z = Math.max(0, Math.abs(sum - (n * (total + 1)) / 2) - 0.5) / Math.sqrt(variance);
  return 2 * upperTail(z);
}

/** Of the normal distribution, for z of 0 or more (Abramowitz and Stegun 26.2.17, error below 7.5e-8). */
export function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
