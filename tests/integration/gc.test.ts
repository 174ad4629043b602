import { expect, test } from 'vitest';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import { collectGarbage } from '../../harness/lab/garbage.ts';
import { thisOwner } from '../../harness/lab/owner.ts';
import { hadrill, startHadrill } from '../support/hadrill.ts';
import {
  engine,
  expectNothingLeft,
  freshLab,
  inspectLab,
  labContainers,
  topologyFile,
  waitNothingLeft,
} from '../support/labs.ts';
import { inShell } from '../support/shell.ts';

const YOUNG_MS = 5000;

async function upLab(): Promise<string> {
  const lab = freshLab('garbage');
  const done = await hadrill(['up', topologyFile('small'), '--name', lab]);
  expect(done, done.stderr).toMatchObject({ code: 0 });
  return lab;
}

test('a lab without its fabric is garbage as soon as its maker has ended; one with it never is', async () => {
  const [alive, orphaned] = [await upLab(), await upLab()];
  const fabric = (await labContainers(orphaned)).find((one) => one.Labels['hadrill.node'] === 'fabric');
  await engine.docker.getContainer(fabric!.Id).remove({ force: true });

  const collected = await hadrill(['gc']);
  expect(collected.code).toBe(0);
  expect(collected.stderr).toMatch(new RegExp(`^removed: .*${orphaned}`, 'm'));
  expect(collected.stderr).not.toContain(alive);
  await expectNothingLeft(orphaned);
  expect(await labContainers(alive)).toHaveLength(4);
  expect((await hadrill(['exec', alive, 'a', '--', 'ping', '-c', '1', '198.18.1.2'])).code).toBe(0);
});

test.each(['2>&1 | true', '>&- 2>&-'])('gc %s: what has no owner is removed all the same', async (way) => {
  const lab = await upLab();
  const fabric = (await labContainers(lab)).find((one) => one.Labels['hadrill.node'] === 'fabric');
  await engine.docker.getContainer(fabric!.Id).remove({ force: true });
  expect(await inShell(`hadrill gc ${way}`)).toMatchObject({ code: 0 });
  await expectNothingLeft(lab);
  // And where there is none of that name any more, each command says so by its code.
  for (const command of [`down ${lab}`, `exec ${lab} a -- true`, `fault ${lab} crash a --for 1s`])
    expect(await inShell(`hadrill ${command} ${way}`), command).toMatchObject({ code: 2 });
});

test('a lab that is being built is left, and named', async () => {
  const lab = freshLab('building');
  const building = startHadrill(['up', topologyFile('small'), '--name', lab]);
  await building.said(/^building lab /m);
  await waitUntil({
    what: 'a container of the lab',
    timeout_ms: 60_000,
    interval_ms: 2,
    check: async () => {
      const [fabric] = await labContainers(lab);
      // The engine lists a container a moment before it can be named.
      return fabric !== undefined && (await inspectLab(lab).then(() => true, isUnknown));
    },
  });
  building.signal('SIGSTOP');
  const [fabric] = (await labContainers(lab)).filter((one) => one.Labels['hadrill.node'] === 'fabric');
  // As if the engine had not come to start it.
  await engine.docker.getContainer(fabric!.Id).stop({ t: 0 }).catch(notRunning);
  const { stderr } = await hadrill(['gc']);
  expect(stderr).toMatch(
    new RegExp(`^left: lab '${lab}' \\(\\d containers?\\): process ${building.pid} on this machine`, 'm'),
  );
  expect(await labContainers(lab)).not.toEqual([]);
  building.signal('SIGKILL');
  await building.ended;
  await waitNothingLeft(lab, 30_000);
});

test('a lab of which nobody can say whose it is is left while it is young, and named', async () => {
  const lab = freshLab('foreign');
  await engine.docker.createContainer({
    Image: 'hadrill/endpoint',
    Labels: { 'hadrill.lab': lab, 'hadrill.run': lab, 'hadrill.node': 'a', 'hadrill.host': 'a' },
    HostConfig: { NetworkMode: 'none' },
  });
  const { stderr } = await hadrill(['gc']);
  expect(stderr).toMatch(
    new RegExp(`^left: lab '${lab}' \\(1 container\\): it may still be being built.* in \\d+ s$`, 'm'),
  );
  await sleep(YOUNG_MS + 2000);
  expect((await collectGarbage(engine, { young_ms: YOUNG_MS })).removed).toContain(lab);
  await expectNothingLeft(lab);
});

test('what was never finished, its guard killed too, is removed by the next command that builds', async () => {
  const lab = freshLab('abandoned');
  const ended = `${thisOwner()!.split(' ').slice(0, 2).join(' ')} 999999999 1`;
  const labels = { 'hadrill.lab': lab, 'hadrill.run': lab, 'hadrill.owner': ended };
  for (const node of ['fabric', 'a']) {
    await engine.docker.createContainer({
      Image: 'hadrill/endpoint',
      Labels: { ...labels, 'hadrill.node': node, 'hadrill.host': node },
      HostConfig: { NetworkMode: 'none' },
    });
  }
  await upLab();
  await expectNothingLeft(lab);
});

function isUnknown(error: { statusCode?: number }): false {
  if (error.statusCode !== 404) throw error;
  return false;
}

function notRunning(error: { statusCode?: number }): void {
  if (error.statusCode !== 304) throw error;
}

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
