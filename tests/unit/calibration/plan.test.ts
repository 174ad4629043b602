import { describe, expect, test } from 'vitest';
import { LENGTHS_MS, MOST_CUTS, planCuts, SORTS } from '../../../harness/calibration/plan.ts';
import { InputError } from '../../../harness/ground/errors.ts';
import { seededRandom } from '../../../harness/ground/random.ts';

function plan(count: number, seed = 1) {
  return planCuts(count, 1, seededRandom(seed));
}

const kindOf = ({ sort, asked_ms }: ReturnType<typeof plan>[number]) =>
  `${sort.kind} ${sort.direction} ${asked_ms}`;

describe('the plan of cuts', () => {
  test('48: every length with every sort three times', () => {
    const counts = new Map<string, number>();
    for (const one of plan(48)) counts.set(kindOf(one), (counts.get(kindOf(one)) ?? 0) + 1);
    expect(counts.size).toBe(LENGTHS_MS.length * SORTS.length);
    expect(new Set(counts.values())).toEqual(new Set([3]));
  });

  test('phases are within one interval, and spread', () => {
    const phases = plan(200).map((one) => one.phase_ms);
    expect(Math.min(...phases)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...phases)).toBeLessThan(1);
    expect(Math.min(...phases)).toBeLessThan(0.1);
    expect(Math.max(...phases)).toBeGreaterThan(0.9);
  });

  test('the same of the same seed, another order of another', () => {
    expect(plan(48, 7)).toEqual(plan(48, 7));
    expect(plan(48, 7).map(kindOf)).not.toEqual(plan(48, 8).map(kindOf));
  });

  test.each([0, -1, 1.5, MOST_CUTS + 1, Number.NaN])('%s cuts are refused', (count) => {
    expect(() => plan(count)).toThrow(InputError);
  });
});
