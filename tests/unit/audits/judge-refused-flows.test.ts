import { expect, test } from 'vitest';
import { judgeRefusedFlows } from '../../../harness/audits/judge-refused-flows.ts';
import { nodeLook, seenNode } from '../../support/node-looks.ts';

const look = (untracked_drops: number | null, first = 1) =>
  nodeLook([
    seenNode('r1', [], { untracked_drops, first }),
    seenNode('client', [], { untracked_drops: null }),
  ]);

test('a node that has dropped what it had no room for is a note, with how many since the fault', () => {
  expect(judgeRefusedFlows({ before: look(5), after: look(12) })).toEqual({
    name: 'room-for-flows',
    verdict: 'pass',
    detail: '1 nodes that track flows, 1 without room for all',
    notes: ['r1 dropped 7 packets that its full connection table had no room for'],
  });
});

test('nothing is said of what was before, and a node that was started again counts anew', () => {
  expect(judgeRefusedFlows({ before: look(5), after: look(5) }).notes).toEqual([]);
  expect(judgeRefusedFlows({ before: look(5), after: look(3, 2) }).notes).toEqual([
    'r1 dropped 3 packets that its full connection table had no room for',
  ]);
  expect(judgeRefusedFlows({ before: look(null), after: look(null) }).detail).toBe(
    '0 nodes that track flows',
  );
});
