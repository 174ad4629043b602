import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnknownError } from '../../../harness/ground/errors.ts';
import { summarize, summarizeTrials } from '../../../harness/verdict/statistics.ts';
import { trial } from './trial.ts';

describe('summarize', () => {
  it('is exact for one value', () => {
    expect(summarize([7], 1)).toEqual({ n: 1, min: 7, median: 7, p95: 7, max: 7, ci95: [7, 7] });
  });

  it('sums up without minding the order', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(summarize(values, 1)).toMatchObject({ n: 100, min: 1, median: 50.5, p95: 95.05, max: 100 });
    expect(summarize(values, 1)).toEqual(summarize(values.toReversed(), 1));
    expect(values[0]).toBe(100);
  });

  it('comes near the textbook interval of a median', () => {
    // Order statistics of 100 values: the 40th and the 61st hold the median with 95 %.
    const [low, high] = summarize(
      Array.from({ length: 100 }, (_, i) => i + 1),
      3,
    ).ci95;
    expect(Math.abs(low - 40)).toBeLessThanOrEqual(3);
    expect(Math.abs(high - 61)).toBeLessThanOrEqual(3);
  });

  it('comes near it with ten thousand values too', { timeout: 30_000 }, () => {
    // Order statistics of 10,000 values: the 4902nd and the 5099th.
    const [low, high] = summarize(
      Array.from({ length: 10_000 }, (_, at) => (at * 7919) % 10_000),
      3,
    ).ci95;
    expect(Math.abs(low - 4901)).toBeLessThanOrEqual(20);
    expect(Math.abs(high - 5098)).toBeLessThanOrEqual(20);
  });

  it('depends on its seed alone, and does depend on it', () => {
    const values = [1, 2, 4, 8, 16, 32, 64.5, 128, 300, 700, 900];
    const interval = (seed: number) => summarize(values, seed).ci95.join();
    expect(interval(5)).toBe(interval(5));
    // The ends of the interval are sample values: among many seeds some must differ.
    const many = Array.from({ length: 100 }, (_, i) => ((i * 37) % 101) ** 2 + i / 7);
    const seeds = new Set(Array.from({ length: 20 }, (_, seed) => summarize(many, seed).ci95.join()));
    expect(seeds.size).toBeGreaterThan(1);
  });

  it('refuses nothing and what is not a number', () => {
    expect(() => summarize([], 1)).toThrow(UnknownError);
    expect(() => summarize([1, Number.NaN], 1)).toThrow(UnknownError);
    expect(() => summarize([Infinity], 1)).toThrow(UnknownError);
  });

  it('keeps its numbers in order', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(values, (list) => {
        const { min, median, p95, max, ci95 } = summarize(list, 9);
        expect([min, median, p95, max]).toEqual([min, median, p95, max].toSorted((a, b) => a - b));
        expect([min, ci95[0], ci95[1], max]).toEqual([min, ...ci95, max].toSorted((a, b) => a - b));
      }),
      { numRuns: 30 },
    );
  });
});

it('sums up every metric over the trials that have it', () => {
  const trials = [trial({ a: 1, b: 5 }), trial({ a: 3 }), trial({ a: 2, b: Number.NaN })];
  expect(summarizeTrials(trials, 1)).toMatchObject({ a: { n: 3, median: 2 }, b: { n: 1, max: 5 } });
});
