import { expect, test } from 'vitest';
import { judgeGrowth } from '../../../harness/audits/judge-growth.ts';

const MIB = 1 << 20;

function judge(open: readonly number[], mib: readonly number[] = open.map(() => 5)) {
  const held = open.map((count, at) => ({ open: count, resident_bytes: mib[at]! * MIB }));
  return judgeGrowth([{ what: 'conntrackd of r1 (process 20)', held }]);
}

test('nothing is said of fewer than eight trials', () => {
  expect(judge([10, 20, 30, 40, 50, 60, 70])).toEqual([]);
});

test('what opens more in each trial is a note', () => {
  expect(judge([10, 15, 20, 25, 30, 35, 40, 45])).toMatchObject([
    {
      verdict: 'pass',
      notes: ['conntrackd of r1 (process 20) has 40 descriptors open, and had 25: 8 trials'],
    },
  ]);
});

test('what it takes at first, and what comes and goes, is none', () => {
  expect(judge([10, 60, 90, 90, 90, 90, 90, 90])[0]!.notes).toEqual([]);
  expect(judge([10, 10, 10, 90, 10, 90, 10, 90])[0]!.notes).toEqual([]);
});

test('memory that grows by half and by 8 MiB is a note', () => {
  const open = [9, 9, 9, 9, 9, 9, 9, 9];
  expect(judge(open, [5, 5, 6, 7, 7, 8, 9, 14])).toMatchObject([{ verdict: 'pass', notes: [] }]);
  expect(judge(open, [5, 9, 12, 16, 20, 25, 30, 35])).toMatchObject([
    {
      verdict: 'pass',
      notes: ['conntrackd of r1 (process 20) has 30.0 MiB of memory in use, and had 16.0 MiB: 8 trials'],
    },
  ]);
});
