import { expect, test } from 'vitest';
import type { SwarmTask } from '../../../harness/fleet/swarm-shapes.ts';
import { taskRemedy, taskState } from '../../../harness/fleet/task-state.ts';

const task = (Status: SwarmTask['Status']): SwarmTask => ({
  ID: 't',
  ServiceID: 's',
  NodeID: 'n',
  DesiredState: 'running',
  Status,
});

test.each([
  ['new', 'waiting'],
  ['pending', 'waiting'],
  ['preparing', 'waiting'],
  ['starting', 'waiting'],
  ['running', 'running'],
  ['complete', 'done'],
  ['failed', 'failed'],
  ['rejected', 'failed'],
  ['shutdown', 'failed'],
  ['orphaned', 'failed'],
])('a task that is %s is %s', (State, at) => {
  expect(taskState([task({ State })]).at).toBe(at);
});

test('a service without a task waits for it', () => {
  expect(taskState([])).toEqual({ at: 'waiting' });
});

test.each([
  ['No such image: sha256:11', 'the image of hadrill is not on that node', /docker save IMAGE \| ssh/],
  [
    'invalid mount config for type "bind": bind source path does not exist: /run/x.sock',
    'its engine\'s socket is not where it was looked for: invalid mount config for type "bind": bind source path does not exist: /run/x.sock',
    /hadrill\.socket=PATH/,
  ],
  ['task: non-zero exit (3)', "the task is 'failed': task: non-zero exit (3)", undefined],
])('%s', (Err, why, remedy) => {
  const state = taskState([task({ State: 'failed', Err, ContainerStatus: { ExitCode: 3 } })]);
  expect(state).toEqual({ at: 'failed', status: 3, why });
  const said = taskRemedy(why, 'IMAGE');
  if (remedy) expect(said).toMatch(remedy);
  else expect(said).toBeUndefined();
});
