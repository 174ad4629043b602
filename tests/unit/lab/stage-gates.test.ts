import { expect, test } from 'vitest';
import { InterruptedError } from '../../../harness/ground/errors.ts';
import { StageGates } from '../../../harness/lab/stage-gates.ts';
import type { TopologyNode } from '../../../harness/topology/topology.ts';

function node(name: string, stages: TopologyNode['stages'] = []): TopologyNode {
  return { name, stages } as TopologyNode;
}

const signal = new AbortController().signal;

test('a node enters at once where it waits for nobody', async () => {
  const alone = node('a');
  await expect(new StageGates([alone]).enter(alone, 'create', signal)).resolves.toBeUndefined();
});

test('a node waits until all that it waits for is finished', async () => {
  const waiting = node('a', [
    { enters: 'create', node: 'b', stage: 'healthy' },
    { enters: 'create', node: 'c', stage: 'create' },
    { enters: 'configure', node: 'b', stage: 'exit' },
  ]);
  const gates = new StageGates([waiting, node('b'), node('c')]);
  let entered = false;
  const entering = gates.enter(waiting, 'create', signal).then(() => {
    entered = true;
  });
  gates.finish('b', 'healthy');
  await new Promise(setImmediate);
  expect(entered).toBe(false);
  gates.finish('c', 'create');
  await entering;
  expect(entered).toBe(true);
});

test('waiting ends when the work is given up', async () => {
  const waiting = node('a', [{ enters: 'create', node: 'b', stage: 'create' }]);
  const controller = new AbortController();
  const entering = new StageGates([waiting, node('b')]).enter(waiting, 'create', controller.signal);
  controller.abort(new InterruptedError());
  await expect(entering).rejects.toThrow(InterruptedError);
});

test('it is known who is waited for', () => {
  const nodes = [node('a', [{ enters: 'create', node: 'b', stage: 'exit' }]), node('b')];
  expect(StageGates.isAwaited(nodes, 'b', 'exit')).toBe(true);
  expect(StageGates.isAwaited(nodes, 'a', 'exit')).toBe(false);
});
