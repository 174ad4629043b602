import { expect, test } from 'vitest';
import type { Engine } from '../../harness/engine/connect.ts';
import { ContainerGoneError } from '../../harness/engine/container-gone.ts';
import { waitUntil } from '../../harness/ground/wait.ts';
import { findLab } from '../../harness/lab/find-lab.ts';
import { hadrill } from '../support/hadrill.ts';
import { engine, freshLab, inspectLab, topologyFile } from '../support/labs.ts';
import { processesOf } from '../support/machine-traces.ts';

test('a lab that is removed while a command looks for it: said in words, and no connection stays open', async () => {
  const name = freshLab('vanishing');
  expect((await hadrill(['up', topologyFile('small'), '--name', name])).code).toBe(0);
  const containers = await inspectLab(name);
  const [fabric, node] = [containers.get('fabric')!, containers.get('a')!];
  // The real engine, and a node that goes right after it was listed.
  const docker = new Proxy(engine.docker, {
    get(target, key) {
      if (key !== 'listContainers') return Reflect.get(target, key).bind(target);
      return async (options: object) => {
        const listed = await target.listContainers(options);
        await target.getContainer(node.Id).remove({ force: true });
        return listed;
      };
    },
  });
  const racing: Engine = { ...engine, docker };
  const found = await findLab(racing, name).catch((error: unknown) => error);
  expect(found).toBeInstanceOf(ContainerGoneError);
  expect(String(found)).toMatch(new RegExp(`the container is gone: node 'a' of lab '${name}'`));
  await waitUntil({
    what: 'the relay to the fabric to end',
    timeout_ms: 5000,
    check: () => !processesOf([fabric.Id]).some((one) => one.includes('relay.py')),
  });
});
