import { expect, test } from 'vitest';
import { TaskWatch } from '../../../harness/fleet/await-task.ts';
import type { FleetNode } from '../../../harness/fleet/choose-nodes.ts';
import type { Look } from '../../../harness/fleet/swarm-look.ts';

const NODE: FleetNode = { id: 'n', name: 'lab1', socket: '/s' };

/** What is seen: the state of the node, and of the service's task where it has one. */
function seen(node: string | undefined, state: string | undefined, Err?: string): Look {
  const task = { ID: 't', ServiceID: 's', NodeID: 'n', DesiredState: 'running' };
  return {
    nodes:
      node === undefined
        ? []
        : [
            {
              ID: 'n',
              Spec: { Availability: 'active' },
              Description: { Hostname: 'lab1' },
              Status: { State: node },
            },
          ],
    tasks:
      state === undefined
        ? []
        : [{ ...task, Status: { State: state, ...(Err === undefined ? {} : { Err }) } }],
  };
}

test('a task of a node that is down is lost after a while, not at once', () => {
  const watch = new TaskWatch('s', NODE);
  expect(watch.judge(seen('ready', 'running'), 0)).toBeUndefined();
  expect(watch.running).toBe(true);
  expect(watch.judge(seen('down', 'running'), 1000)).toBeUndefined();
  expect(watch.judge(seen('down', 'running'), 20_000)).toBeUndefined();
  expect(watch.judge(seen('down', 'running'), 21_000)).toEqual({ how: 'lost', why: 'it is down' });
});

test('a node that is back in time loses nothing', () => {
  const watch = new TaskWatch('s', NODE);
  watch.judge(seen('down', 'running'), 1000);
  expect(watch.judge(seen('ready', 'running'), 15_000)).toBeUndefined();
  expect(watch.judge(seen('down', 'running'), 22_000)).toBeUndefined();
  expect(watch.judge(seen('ready', 'complete'), 23_000)).toEqual({ how: 'done' });
});

test('a node that is paused goes on with what it has; one that has left the swarm is lost', () => {
  const paused = seen('ready', 'running');
  paused.nodes[0]!.Spec.Availability = 'pause';
  const watch = new TaskWatch('s', NODE);
  expect(watch.judge(paused, 0)).toBeUndefined();
  expect(watch.judge(paused, 60_000)).toBeUndefined();
  watch.judge(seen(undefined, 'running'), 61_000);
  expect(watch.judge(seen(undefined, 'running'), 90_000)).toEqual({
    how: 'lost',
    why: 'it has left the swarm',
  });
});

test('a task that does not begin fails with what it waits for', () => {
  const watch = new TaskWatch('s', NODE);
  expect(watch.judge(seen('ready', 'pending', 'no suitable node'), 0)).toBeUndefined();
  expect(watch.judge(seen('ready', 'pending', 'no suitable node'), 299_000)).toBeUndefined();
  const end = watch.judge(seen('ready', 'pending', 'no suitable node'), 301_000);
  expect(end).toMatchObject({ how: 'failed' });
  expect(JSON.stringify(end)).toContain('no suitable node');
});

test('that there is no task for long is noticed', () => {
  const watch = new TaskWatch('s', NODE);
  watch.judge(seen('ready', undefined), 0);
  expect(watch.without_task).toBe(false);
  watch.judge(seen('ready', undefined), 16_000);
  expect(watch.without_task).toBe(true);
});
