import { expect, test } from 'vitest';
import { judgeStrays, type StraysSeen } from '../../../harness/audits/judge-strays.ts';
import type { SeenProcess } from '../../../harness/lab/node-look-shapes.ts';
import { nodeLook, otherProcess, seenNode, seenProcess } from '../../support/node-looks.ts';

const was = [seenProcess(20, 'conntrackd')];
const left = otherProcess(30, 'sleep', { argv: ['sleep', '1234'] });

function judge(
  before: readonly SeenProcess[],
  after: readonly SeenProcess[],
  more: Partial<StraysSeen> = {},
) {
  const looks = { before: nodeLook([seenNode('r1', before)]), after: nodeLook([seenNode('r1', after)]) };
  return judgeStrays({ ...looks, isMoved: () => false, ...more });
}

test('a process that nobody accounts for is a finding', () => {
  expect(judge(was, [...was, left])).toMatchObject({
    verdict: 'fail',
    detail: 'sleep 1234 (process 30) runs on r1 and did not before the fault',
  });
});

test('one that is gone at the second look was a helper', () => {
  expect(judge(was, [...was, left], { again: nodeLook([seenNode('r1', was)]) }).verdict).toBe('pass');
});

test.for<[string, readonly SeenProcess[], readonly SeenProcess[]]>([
  ['of a service', was, [...was, seenProcess(30, 'sleep', { service: 'conntrackd', daemon: false })]],
  ['started by a process of before', was, [...was, { ...left, ppid: 20 }]],
  ['that ran before by another number', [...was, { ...left, pid: 25, start_ticks: 25 }], [...was, left]],
])('no finding: one %s', ([, before, after]) => {
  expect(judge(before, after).verdict).toBe('pass');
});

test('what a system starts there by itself is its own affair', () => {
  expect(judge(was, [...was, left], { isMoved: () => true }).verdict).toBe('pass');
});

test('what somebody runs in the node from outside is a note', () => {
  expect(judge(was, [...was, { ...left, ppid: 0 }])).toMatchObject({
    verdict: 'pass',
    notes: ['sleep 1234 (process 30) runs on r1: somebody has started it from outside'],
  });
});

test('an interface that came or went is a finding; the kernel’s own tunnels are none', () => {
  const looks = (interfaces: string[]) => ({ after: nodeLook([seenNode('r1', was, { interfaces })]) });
  expect(judge(was, was, looks(['lo', 'eth1', 'dummy9'])).detail).toBe(
    'r1 has the interface dummy9, which it had not before the fault',
  );
  expect(judge(was, was, looks(['lo']))).toMatchObject({
    verdict: 'fail',
    detail: 'r1 has lost its interface eth1',
  });
  expect(judge(was, was, looks(['lo', 'eth1', 'tunl0', 'ip6tnl0'])).verdict).toBe('pass');
});
