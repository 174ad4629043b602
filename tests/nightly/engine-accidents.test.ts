import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import { type EngineRun, endedInOrder, journalOf, startOn, waitNoLab } from '../support/engine-runs.ts';
import { hadrill, startHadrill } from '../support/hadrill.ts';
import { drillFile, freshName, topologyFile } from '../support/labs.ts';
import { noOwnEngine, OwnEngine } from '../support/own-engine.ts';

const IMAGES = ['fabric', 'endpoint', 'router'];
const FROZEN_MS = 20_000;

const QUICK = drillFile('quick-crash');
const own = new OwnEngine();

/** Five moments of a run. */
const MOMENTS: readonly (readonly [string, (run: EngineRun) => Promise<void>])[] = [
  ['while building', ({ command }) => command.said(/^building lab /m)],
  ['when its nodes are up', ({ command }) => command.said(/^node '\w+' is up$/m)],
  ['in the steady state', ({ command }) => command.said(/^trial 1 of /m).then(() => sleep(1500))],
  ['after the fault', ({ command }) => command.said(/^trial 1: crash of /m)],
  ['while healing', ({ results }) => results.noted('revert', 120_000).then(() => undefined)],
];

describe.skipIf(noOwnEngine)(noOwnEngine ?? 'an engine that fails', () => {
  beforeAll(() => own.begin(IMAGES));
  afterAll(() => own.end());
  beforeEach(async () => {
    const { docker } = await own.connect();
    for (const { Id: id } of await docker.listContainers({ all: true }))
      await docker.getContainer(id).remove({ force: true });
  });

  test.each([{ live_restore: false }, { live_restore: true }])(
    'the harness and the engine are killed: when the engine is back, the lab goes ($live_restore)',
    async ({ live_restore }) => {
      onTestFinished(() => restart());
      await restart(live_restore);
      const run = await startOn(own, QUICK);
      await run.command.said(/^trial 1: crash of /m);
      run.command.signal('SIGKILL');
      await own.kill();
      // Longer than the reaper takes to find that nothing new has turned up.
      await sleep(6000);
      await own.start({ live_restore });
      // Without live-restore the engine itself has ended the fabric, before it answered anybody.
      if (!live_restore) expect((await hadrill(['gc'], { env: own.env })).stderr).toMatch(/^removed: l3-/m);
      await waitNoLab(own, 60_000);
    },
  );

  test('a lab that outlives its engine heals itself by the new socket', async () => {
    onTestFinished(() => restart());
    await restart(true);
    const lab = freshName('outlives');
    const { env } = own;
    expect((await hadrill(['up', topologyFile('small'), '--name', lab], { env })).code).toBe(0);
    await restart(true);
    const fault = startHadrill(['fault', lab, 'crash', 'a', '--for', '60s'], { env });
    await fault.said(/^crash of a/m);
    fault.signal('SIGKILL');
    await waitUntil({
      what: "node 'a' to be started by the fabric",
      timeout_ms: 60_000,
      check: async () =>
        (await hadrill(['exec', lab, 'a', '--', 'ip', 'link', 'show', 'eth1'], { env })).code === 0,
    });
    expect((await hadrill(['down', lab], { env })).code).toBe(0);
  });

  test.each(MOMENTS)('killed %s and started again', async (_when, moment) => {
    const run = await startOn(own, QUICK, 2);
    await moment(run);
    await own.kill();
    await sleep(2000);
    await own.start();
    const done = await endedInOrder(run);
    const journal = await journalOf(run);
    const spoiled = journal?.trials[0];
    if (spoiled)
      expect(spoiled).toMatchObject({ verdict: 'unknown', reason: expect.stringMatching(/engine|fabric/) });
    if (done.code === 0 || done.code === 4) expect(journal?.trials).toHaveLength(2);
    await hadrill(['gc'], { env: own.env });
    await waitNoLab(own, 30_000);
  });

  test.each(MOMENTS)('frozen for 20 s %s', async (_when, moment) => {
    const run = await startOn(own, QUICK);
    await moment(run);
    await own.freeze(FROZEN_MS);
    await endedInOrder(run);
    const trial = (await journalOf(run))?.trials[0];
    if (trial) expect(['pass', 'unknown'], trial.reason).toContain(trial.verdict);
    await hadrill(['gc'], { env: own.env });
    await waitNoLab(own, 30_000);
  });
});

async function restart(live_restore = false): Promise<void> {
  await own.kill();
  await own.start({ live_restore });
}
