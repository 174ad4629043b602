import { describe, expect, test } from 'vitest';
import type { Op } from '../../../harness/journal/journal.ts';
import { judgeExpectations } from '../../../harness/verdict/judge.ts';
import { trial } from './trial.ts';

/** 10 s by timestamps, at least 8 s by loss. */
const partly = trial({ 'udp.outage_ms': 10_000 }, { least: { 'udp.outage_ms': 8000 } });
const judge = (op: Op, value: number, one = partly) =>
  judgeExpectations([{ metric: 'udp.outage_ms', stat: 'each', op, value }], [one])[0]!;

describe('an outage in which some requests were answered', () => {
  test.each([
    ['<=', 10_000, 'pass'],
    ['<=', 9000, 'unknown'],
    ['<', 8000, 'fail'],
    ['<=', 200, 'fail'],
    ['>=', 8000, 'pass'],
    ['>=', 9000, 'unknown'],
    ['>', 10_000, 'fail'],
    ['==', 10_000, 'unknown'],
  ] as const)('%s %d: %s', (op, value, verdict) => {
    expect(judge(op, value).verdict).toBe(verdict);
  });

  test.each([
    [7000, 11_000, 'pass'],
    [0, 9000, 'unknown'],
    [9000, 9500, 'unknown'],
    [9000, 12_000, 'unknown'],
    [0, 7000, 'fail'],
    [11_000, 12_000, 'fail'],
  ] as const)('within %d to %d: %s', (low, high, verdict) => {
    const bounds = { 'udp.outage_ms': { low, high, from: 'a test' } };
    expect(judge('within_bound', 0, { ...partly, bounds }).verdict).toBe(verdict);
  });

  test('the reason has both lengths', () => {
    expect(judge('<=', 9000).detail).toBe(
      'trial 1: by timestamps it is 10000, by loss at least 8000: some requests were answered in that time',
    );
  });
});
