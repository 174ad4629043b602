import { expect, test } from 'vitest';
import { shiftBetween } from '../../../harness/verdict/rank-test.ts';

/**
 * Values of scipy 1: `mannwhitneyu` (exact; asymptotic for more than 2500 pairs), with ties every choice of ranks
 * counted one by one; the shift is numpy's median of all differences.
 */
const GOLDEN = [
  {
    first: [3284.65, 3330.69, 3286.43, 3281.1, 3244.2, 3287.2],
    second: [3416.72, 3375.45, 3412.21, 3364.93, 3373.69, 3361.12],
    p: 0.0021645021645021645,
    shift: 89.03,
  },
  {
    first: [3200.04, 3351.32, 3330.38, 3329.93, 3198.52, 3195.37, 3246.62, 3271.91, 3318.33, 3297.25],
    second: [
      3381.26, 3311.47, 3368.52, 3373.65, 3310.33, 3453.05, 3383.4, 3421.82, 3312.78, 3305.63, 3329.36,
      3343.61,
    ],
    p: 0.00714455822814956,
    shift: 83.375,
  },
  {
    first: [
      3337.9, 3314.9, 3273.2, 3242.6, 3268.8, 3373.3, 3251.5, 3314.7, 3325.6, 3210.6, 3302.9, 3378.4, 3179.1,
      3280.7, 3293.6, 3251.0, 3329.8, 3296.3, 3212.1, 3349.7,
    ],
    second: [
      3390.2, 3406.8, 3436.4, 3371.7, 3357.2, 3272.0, 3386.9, 3313.3, 3322.8, 3274.1, 3291.9, 3318.1, 3427.3,
      3228.1, 3262.5, 3364.4, 3436.6, 3384.7, 3236.0, 3198.9,
    ],
    p: 0.05588843890338304,
    shift: 49.3,
  },
  {
    first: [3320, 3260, 3240, 3360, 3360, 3300, 3320],
    second: [3380, 3440, 3380, 3380, 3380, 3260, 3420, 3400, 3380, 3240, 3320, 3400, 3240, 3340, 3420],
    p: 0.03728656534384089,
    shift: 60.0,
  },
  {
    first: [3220, 3400, 3340, 3300, 3320, 3340],
    second: [3360, 3420, 3320, 3320, 3420, 3360, 3300, 3400, 3440],
    p: 0.13446553446553447,
    shift: 50.0,
  },
  {
    first: [
      3273.3, 3217.2, 3291.9, 3291.1, 3282.1, 3384.3, 3238.4, 3375.6, 3223.9, 3252.8, 3337.9, 3367.7, 3351.5,
      3320.7, 3308.5, 3309.1, 3334.5, 3289.4, 3316.6, 3334.4, 3300.1, 3345.8, 3334.0, 3420.6, 3319.5, 3274.3,
      3277.6, 3299.2, 3355.4, 3279.8, 3323.1, 3410.2, 3146.1, 3232.6, 3314.6, 3323.9, 3314.3, 3274.1, 3339.3,
      3316.9, 3268.7, 3445.8, 3321.3, 3266.7, 3294.0, 3286.5, 3296.2, 3136.3, 3270.8, 3360.5, 3229.9, 3296.0,
      3357.2, 3351.4, 3389.5, 3197.9, 3278.8, 3279.5, 3337.4, 3365.5,
    ],
    second: [
      3189.0, 3415.3, 3263.1, 3391.0, 3260.5, 3360.6, 3421.7, 3341.0, 3361.5, 3397.8, 3358.5, 3344.7, 3442.0,
      3412.9, 3332.4, 3514.7, 3281.2, 3404.9, 3334.1, 3357.9, 3392.3, 3363.3, 3388.3, 3258.4, 3259.4, 3386.9,
      3292.2, 3288.4, 3261.8, 3426.0, 3394.8, 3438.4, 3293.7, 3350.1, 3281.6, 3396.0, 3445.4, 3296.6, 3443.6,
      3409.3, 3339.3, 3231.7, 3434.4, 3344.2, 3313.8, 3374.0, 3374.6, 3439.9, 3288.8, 3418.2,
    ],
    p: 0.00014474923667110313,
    shift: 54.05,
  },
];

test.each(GOLDEN)('agrees with scipy: p $p', ({ first, second, p, shift }) => {
  const found = shiftBetween(first, second);
  expect(found.p).toBeCloseTo(p, 6);
  expect(found.shift).toBeCloseTo(shift, 4);
  expect(found.low).toBeLessThanOrEqual(found.shift);
  expect(found.high).toBeGreaterThanOrEqual(found.shift);
  const back = shiftBetween(second, first);
  expect(back.p).toBeCloseTo(p, 6);
  expect(back.low).toBeCloseTo(-found.high, 6);
});

// One more than the critical values of published tables of the test, two-sided at 5 %: 5, 13, 23 and 127.
test.each([
  [6, 6],
  [8, 14],
  [10, 24],
  [20, 128],
])('the interval of %i and %i values begins at difference %i', (n, rank) => {
  const first = Array.from({ length: n }, (_, at) => at * n);
  const second = Array.from({ length: n }, (_, at) => at);
  const differences = second.flatMap((b) => first.map((a) => b - a)).sort((a, b) => a - b);
  const { low, high } = shiftBetween(first, second);
  expect(low).toBe(differences[rank - 1]);
  expect(high).toBe(differences[n * n - rank]);
});

test('of three values each no interval is finite', () => {
  expect(shiftBetween([1, 2, 3], [11, 12, 13])).toMatchObject({ low: -Infinity, high: Infinity, p: 0.1 });
});

test('equal values differ by nothing', () => {
  expect(shiftBetween([5, 5, 5, 5, 5, 5], [5, 5, 5, 5, 5, 5])).toEqual({ p: 1, shift: 0, low: 0, high: 0 });
});
