import { expect, test } from 'vitest';
import { checksExitCode } from '../../../harness/setup/check.ts';
import { nodesCheck } from '../../../harness/setup/nodes-check.ts';

const trouble = 'starved: it woke the fabric 155 ms late (limit 50 ms)';

test('the largest lab that was measured, and what the next one lacked', () => {
  expect(nodesCheck([{ nodes: 12 }, { nodes: 22 }, { nodes: 52, trouble }])).toEqual({
    name: 'nodes',
    status: 'ok',
    detail: `22 in a timed drill, measured just now (52 were too many: ${trouble})`,
  });
});

test('all that are tried', () => {
  expect(nodesCheck([{ nodes: 12 }, { nodes: 102 }]).detail).toBe(
    '102 in a timed drill, measured just now (the most that is tried)',
  );
});

test('a machine that bears none is limited, not unfit: a later drill may be measured', () => {
  const check = nodesCheck([{ nodes: 12, trouble }]);
  expect(check).toMatchObject({ status: 'limited', detail: expect.stringContaining(`12 nodes: ${trouble}`) });
  expect(check.remedy).toMatch(/nothing else run/);
  expect(checksExitCode([check])).toBe(0);
});
