import { describe, expect, test } from 'vitest';
import { faultPhase } from '../../../harness/drill/fault-phases.ts';

const phases = (seed: number, trials: number, drill = 'l3/node-crash') =>
  Array.from({ length: trials }, (_, at) => faultPhase({ seed, drill, trials }, at + 1, 0));
const partsOf = (all: number[]) => all.map((phase) => Math.floor(phase * all.length));

describe('the phases of the faults of a run', () => {
  test.each([1, 2, 7, 20, 100])('of %i trials have one in each part of the pause', (trials) => {
    for (const seed of [0, 1, 7, 999_999_999])
      expect(partsOf(phases(seed, trials)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: trials }, (_, at) => at),
      );
  });

  test('are not in the order of the trials, and are others with another seed or drill', () => {
    const parts = partsOf(phases(1, 20));
    expect(parts).not.toEqual(parts.toSorted((a, b) => a - b));
    expect(phases(2, 20)).not.toEqual(phases(1, 20));
    expect(phases(1, 20, 'lb/node-crash')).not.toEqual(phases(1, 20));
    expect(phases(1, 20)).toEqual(phases(1, 20));
  });

  test('do not depend on which trials were made before: a shard has those of the whole run', () => {
    const plan = { seed: 5, drill: 'l3/node-crash', trials: 20 };
    expect(faultPhase(plan, 17, 0)).toBe(phases(5, 20)[16]);
  });

  test('of a trial that is made again is in the same part, elsewhere', () => {
    const plan = { seed: 5, drill: 'l3/node-crash', trials: 20 };
    const [first, again] = [faultPhase(plan, 3, 0), faultPhase(plan, 3, 1)];
    expect(Math.floor(again * 20)).toBe(Math.floor(first * 20));
    expect(again).not.toBe(first);
  });

  test('of one trial are anywhere, over many seeds', () => {
    const all = Array.from({ length: 400 }, (_, seed) => faultPhase({ seed, drill: 'a', trials: 1 }, 1, 0));
    const mean = all.reduce((sum, phase) => sum + phase, 0) / all.length;
    expect(mean).toBeGreaterThan(0.45);
    expect(mean).toBeLessThan(0.55);
  });

  test('of a million trials cost no more than those of a thousand', () => {
    const phase = faultPhase({ seed: 1, drill: 'a', trials: 999_999_999 }, 999_999_999, 0);
    expect(phase).toBeGreaterThanOrEqual(0);
    expect(phase).toBeLessThan(1);
  });
});
