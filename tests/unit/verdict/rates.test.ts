import { expect, test } from 'vitest';
import { wilsonInterval } from '../../../harness/ground/wilson.ts';
import { holm } from '../../../harness/verdict/holm.ts';
import { medianInterval } from '../../../harness/verdict/median-interval.ts';
import { fisherP, visibleRate } from '../../../harness/verdict/rates.ts';

/** `scipy.stats.fisher_exact` of scipy 1.17.1; count and total of each side. */
const FISHER = [
  [0, 20, 3, 20, 0.2307692307692308],
  [0, 20, 6, 20, 0.0201960201960202],
  [1, 10, 9, 12, 0.0036913550845439386],
  [5, 50, 5, 50, 1.0],
  [0, 100, 7, 20, 1.3031294000978653e-6],
  [20, 20, 11, 20, 0.0012285012285012285],
] as const;

test.each(FISHER)('Fisher: %i of %i beside %i of %i', (count, of, later, of_later, p) => {
  expect(fisherP({ count, of }, { count: later, of: of_later })).toBeCloseTo(p, 9);
  expect(fisherP({ count: later, of: of_later }, { count, of })).toBeCloseTo(p, 9);
});

test('of nothing Fisher says nothing', () => {
  expect(fisherP({ count: 0, of: 0 }, { count: 3, of: 5 })).toBe(1);
  expect(fisherP({ count: 0, of: 7 }, { count: 0, of: 5 })).toBe(1);
});

/** `scipy.stats.binomtest(…).proportion_ci(0.95, 'wilson')`. */
const WILSON = [
  [0, 20, 0.0, 0.16112515805281935],
  [3, 20, 0.05236874589621662, 0.3604188647407569],
  [20, 20, 0.8388748419471808, 1.0],
  [7, 50, 0.06950833427016292, 0.26186193710585537],
] as const;

test.each(WILSON)('Wilson: %i of %i', (count, of, low, high) => {
  const found = wilsonInterval({ count, of });
  expect(found[0]).toBeCloseTo(low, 9);
  expect(found[1]).toBeCloseTo(high, 9);
});

/** The upper end of `proportion_ci(0.95, 'exact')` of `binomtest(0, n, alternative='less')`. */
const VISIBLE = [
  [6, 0.3930377689970827],
  [10, 0.2588655508933471],
  [20, 0.1391083406683753],
  [100, 0.02951304960715664],
] as const;

test.each(VISIBLE)('what %i trials can see', (trials, rate) => {
  expect(visibleRate(trials)).toBeCloseTo(rate, 9);
});

/** `scipy.stats.quantile_test(range(1, n + 1), p=0.5).confidence_interval(0.95)`. */
const MEDIANS = [
  [6, 1.0, 6.0],
  [8, 1.0, 8.0],
  [10, 2.0, 9.0],
  [12, 3.0, 10.0],
  [20, 6.0, 15.0],
  [35, 12.0, 24.0],
  [50, 18.0, 33.0],
] as const;

test.each(MEDIANS)('the median of %i values lies between the %ith and the %ith', (n, low, high) => {
  const values = Array.from({ length: n }, (_, at) => n - at);
  expect(medianInterval(values)).toEqual({ n, median: (n + 1) / 2, low, high });
});

test('of five values no interval is finite', () => {
  expect(medianInterval([1, 2, 3, 4, 5])).toEqual({ n: 5, median: 3, low: -Infinity, high: Infinity });
  expect(medianInterval([7])).toMatchObject({ n: 1, median: 7 });
});

// By hand: 0.01 x 4, 0.02 x 3, 0.03 x 2 is less than what came before, 0.5.
test("Holm's correction goes up, never down", () => {
  const found = holm([0.03, 0.01, 0.5, 0.02]);
  for (const [at, p] of [0.06, 0.04, 0.5, 0.06].entries()) expect(found[at]).toBeCloseTo(p, 12);
  expect(holm([0.4, 0.9])).toEqual([0.8, 0.9]);
  expect(holm([])).toEqual([]);
});
