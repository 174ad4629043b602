import { expect, test } from 'vitest';
import { blockedShift } from '../../../harness/verdict/blocked-shift.ts';
import { shiftBetween } from '../../../harness/verdict/rank-test.ts';

/**
 * Van Elteren's test written out with `scipy.stats.rankdata` and `norm.sf` of scipy 1.17.1: the rank sums of the second
 * samples, weighted by 1 / (N + 1), with the permutation variance of the mid-ranks. The interval is every shift on a grid,
 * 0.05 or (with ties) 1 apart, that the test does not refuse at 5 %.
 */
const GOLDEN = [
  {
    blocks: [
      {
        first: [3000.0, 3011.9, 2989.0, 2964.4, 2981.8, 2960.3, 3002.4, 3053.6],
        second: [3020.3, 3015.2, 3059.6, 3054.3, 3044.2, 3002.8, 3038.8],
      },
      {
        first: [3327.8, 3246.2, 3281.7, 3224.0, 3248.4, 3226.3],
        second: [3330.6, 3289.3, 3350.9, 3346.3, 3332.5, 3239.3, 3318.5, 3338.1, 3344.5],
      },
      {
        first: [2738.8, 2780.9, 2760.9, 2767.6, 2842.4, 2767.7, 2798.7, 2835.4, 2776.7, 2795.5],
        second: [2844.4, 2842.6, 2791.0, 2843.0, 2894.4, 2778.1, 2874.4, 2844.8, 2814.3, 2920.0],
      },
    ],
    p: 3.9309657687751966e-6,
    low: 33.40000000005307,
    high: 75.65000000006268,
    grid: 0.05,
  },
  {
    blocks: [
      {
        first: [3040.0, 2960.0, 3000.0, 3020.0, 3000.0, 3020.0, 3000.0, 3020.0],
        second: [3100.0, 3020.0, 3040.0, 3020.0, 3040.0, 3000.0, 3020.0],
      },
      {
        first: [3300.0, 3340.0, 3340.0, 3240.0, 3260.0, 3320.0],
        second: [3260.0, 3320.0, 3340.0, 3400.0, 3360.0, 3320.0, 3320.0, 3320.0, 3400.0],
      },
      {
        first: [2780.0, 2780.0, 2820.0, 2800.0, 2800.0, 2760.0, 2800.0, 2780.0, 2840.0, 2820.0],
        second: [2840.0, 2860.0, 2820.0, 2880.0, 2840.0, 2860.0, 2780.0, 2860.0, 2780.0, 2760.0],
      },
    ],
    p: 0.005461825106428616,
    low: 1.0,
    high: 59.0,
    grid: 1,
  },
];

test.each(GOLDEN)('agrees with van Elteren by scipy: p $p', ({ blocks, p, low, high, grid }) => {
  const found = blockedShift(blocks);
  expect(found.p).toBeCloseTo(p, 6);
  expect(low - found.low).toBeGreaterThanOrEqual(-1e-6);
  expect(low - found.low).toBeLessThanOrEqual(grid + 1e-6);
  expect(found.high - high).toBeGreaterThanOrEqual(-1e-6);
  expect(found.high - high).toBeLessThanOrEqual(grid + 1e-6);
  expect(found.shift).toBeGreaterThan(found.low);
  expect(found.shift).toBeLessThan(found.high);
});

test('with one block it is the test without blocks', () => {
  const { first, second } = GOLDEN[0]!.blocks[0]!;
  expect(blockedShift([{ first, second }])).toEqual(shiftBetween(first, second));
});

test('a machine that is slower, and made more of the later trials, is no change', () => {
  const quick = Array.from({ length: 10 }, (_, at) => 100 + at);
  const slow = quick.map((value) => value + 500);
  const blocks = [
    { first: quick, second: quick.slice(0, 2) },
    { first: slow.slice(0, 2), second: slow },
  ];
  const { low, high } = blockedShift(blocks);
  expect(low).toBeLessThanOrEqual(0);
  expect(high).toBeGreaterThanOrEqual(0);
  const pooled = shiftBetween(
    blocks.flatMap(({ first }) => first),
    blocks.flatMap(({ second }) => second),
  );
  expect(pooled.low).toBeGreaterThan(0);
});

test('of equal values, and of too few, nothing is shown', () => {
  const same = { first: [5, 5, 5], second: [5, 5, 5] };
  const { p, shift } = blockedShift([same, same]);
  expect(p).toBeCloseTo(1, 6);
  expect(shift).toBe(0);
  const one = { first: [1], second: [2] };
  const { low, high } = blockedShift([one, one]);
  expect([low, high]).toEqual([-Infinity, Infinity]);
});
