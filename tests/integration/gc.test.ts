import { expect, test } from 'vitest';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import { collectGarbage } from '../../harness/lab/list-labs.ts';
import { hadrill } from '../support/hadrill.ts';
import { engine, expectNothingLeft, freshLab, labContainers, topologyFile } from '../support/labs.ts';

const YOUNG_MS = 5000;

async function upLab(): Promise<string> {
  const lab = freshLab('garbage');
  const done = await hadrill(['up', topologyFile('small'), '--name', lab]);
  expect(done, done.stderr).toMatchObject({ code: 0 });
  return lab;
}

test('a lab without its fabric is garbage once it is old enough; one with it never is', async () => {
  const [alive, orphaned] = [await upLab(), await upLab()];
  const fabric = (await labContainers(orphaned)).find((one) => one.Labels['hadrill.node'] === 'fabric');
  await engine.docker.getContainer(fabric!.Id).remove({ force: true });

  expect((await hadrill(['gc'])).code).toBe(0);
  expect(await labContainers(orphaned), 'it could still be under construction').toHaveLength(3);

  const newest_s = Math.max(...(await labContainers(orphaned)).map((one) => one.Created));
  await sleep(Math.max(0, newest_s * 1000 + YOUNG_MS + 1000 - Date.now()));
  const removed = await collectGarbage(engine, { young_ms: YOUNG_MS });
  expect(removed).toContain(orphaned);
  expect(removed).not.toContain(alive);
  await expectNothingLeft(orphaned);
  expect(await labContainers(alive)).toHaveLength(4);

  expect(await collectGarbage(engine, { young_ms: YOUNG_MS })).not.toContain(orphaned);
  expect(await labContainers(alive)).toHaveLength(4);
  expect((await hadrill(['exec', alive, 'a', '--', 'ping', '-c', '1', '198.18.1.2'])).code).toBe(0);
});

test('down takes a lab away that is only partly there', async () => {
  const lab = await upLab();
  const broken = (await labContainers(lab)).filter((one) => one.Labels['hadrill.node'] !== 'b');
  for (const { Id: id } of broken) await engine.docker.getContainer(id).remove({ force: true });
  expect((await hadrill(['down', lab])).stderr).toContain('1 containers');
  await expectNothingLeft(lab);
});

test('a command for a lab whose fabric is dead says what to do', async () => {
  const lab = await upLab();
  const fabric = (await labContainers(lab)).find((one) => one.Labels['hadrill.node'] === 'fabric')!;
  await engine.docker.getContainer(fabric.Id).kill();
  await waitUntil({
    what: 'the fabric to be dead',
    timeout_ms: 10_000,
    check: async () => !(await engine.docker.getContainer(fabric.Id).inspect()).State.Running,
  });
  const done = await hadrill(['exec', lab, 'a', '--', 'true']);
  expect(done.code).toBe(3);
  expect(done.stderr).toBe(
    `hadrill: the fabric of lab '${lab}' does not run\n` +
      `what to do: take the lab down and up again: hadrill down ${lab}\n`,
  );
});
