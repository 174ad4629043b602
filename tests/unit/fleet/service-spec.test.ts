import { expect, test } from 'vitest';
import { parseEngineList } from '../../../harness/engine/engine-list.ts';
import { engineOf, type FleetTask, serviceSpec } from '../../../harness/fleet/service-spec.ts';

const NODE = { id: 'n1', name: 'lab1-n1', socket: '/run/other.sock' };
const TASK: FleetTask = {
  ...{ name: 'hadrill-f1-shard-1-1', fleet: 'f1', node: NODE, what: '1/2 of l3/node-crash' },
  does: 'shard',
  ...{ image: 'sha256:11', args: ['fleet', 'send'], env: ['A=1'] },
};

test('a service is one task on one node that nothing starts again, with the socket of its engine', () => {
  const { Mode: mode, TaskTemplate: task, Labels: labels } = serviceSpec(TASK);
  expect(mode).toEqual({ Replicated: { Replicas: 1 } });
  expect(task.RestartPolicy).toEqual({ Condition: 'none' });
  expect(task.Placement.Constraints).toEqual(['node.id==n1']);
  expect(task.ContainerSpec.Mounts).toEqual([
    { Type: 'bind', Source: '/run/other.sock', Target: '/var/run/docker.sock' },
  ]);
  expect(task.ContainerSpec.Labels).toEqual(labels);
  expect(labels['hadrill.fleet']).toBe('f1');
});

test("its command's engine is that socket, and knows where it is outside", () => {
  expect(parseEngineList(engineOf(NODE))).toMatchObject([
    {
      name: 'lab1-n1',
      env: { DOCKER_HOST: 'unix:///var/run/docker.sock', HADRILL_ENGINE_SOCKET: '/run/other.sock' },
    },
  ]);
});
