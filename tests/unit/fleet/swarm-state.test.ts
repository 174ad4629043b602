import { expect, test } from 'vitest';
import type { SwarmInfo } from '../../../harness/fleet/swarm-shapes.ts';
import { noManager } from '../../../harness/fleet/swarm-state.ts';

test('a manager of an active swarm is asked', () => {
  expect(noManager({ LocalNodeState: 'active', ControlAvailable: true }, 'unix:///x')).toBeUndefined();
});

test.each<[SwarmInfo | undefined, RegExp, RegExp]>([
  [undefined, /unix:\/\/\/x is in no swarm/, /docker swarm init/],
  [{ LocalNodeState: 'inactive' }, /is in no swarm/, /--engines/],
  [{ LocalNodeState: 'locked' }, /is locked/, /docker swarm unlock/],
  [{ LocalNodeState: 'pending' }, /is not ready: pending/, /docker node ls/],
  [{ LocalNodeState: 'error', Error: 'no route' }, /is not ready: error: no route/, /docker node ls/],
  [
    { LocalNodeState: 'active', ControlAvailable: false, RemoteManagers: [{ Addr: '198.18.0.1:2377' }] },
    /is a worker/,
    /DOCKER_HOST.*198\.18\.0\.1:2377/,
  ],
])('%j', (swarm, message, remedy) => {
  const problem = noManager(swarm, 'unix:///x')!;
  expect(problem.message).toMatch(message);
  expect(problem.remedy).toMatch(remedy);
});
