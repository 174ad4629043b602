import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { Journal } from '../../harness/journal/journal.ts';
import { waitNoLab } from '../support/engine-runs.ts';
import { RunResults } from '../support/folder.ts';
import { hadrill, startHadrill } from '../support/hadrill.ts';
import { drillFile, freshName, topologyFile } from '../support/labs.ts';
import { noOwnEngine, type OwnEngine } from '../support/own-engine.ts';
import { OwnSwarm } from '../support/own-swarm.ts';

const TIMEOUT_MS = 900_000;
const TRIALS = 12;
/** Trials of two labs on one small machine may be starved: what is compared is the plan, not the verdict. */
const MADE = [0, 4];

const swarm = new OwnSwarm();
/** Of a drill that is not shipped: its files are brought to the nodes. */
const SHORT = ['fleet', 'run', drillFile('quick-crash'), '--trials', '4', '--seed', '7', '--json'];

/** What each trial breaks, in the order in which they stand. */
const faultsOf = ({ trials }: Journal) =>
  trials.map(({ index, faults }) => ({
    index,
    faults: faults.map(({ kind, target }) => `${kind} ${target}`),
  }));

/** Neither a container nor a service of a fleet or of a lab is left anywhere. */
async function nothingLeft(): Promise<void> {
  for (const engine of swarm.engines) {
    await waitNoLab(engine, 30_000);
    const names = () => containersOf(engine);
    await waitUntil({
      what: 'no container to be left',
      timeout_ms: 30_000,
      check: async () => (await names()).length === 0,
    });
  }
  for (const kind of ['service', 'config']) expect(await swarm.docker([kind, 'ls', '--quiet'])).toBe('');
}

async function containersOf(engine: OwnEngine): Promise<string[]> {
  const { docker } = await engine.connect();
  return (await docker.listContainers({ all: true })).flatMap(({ Names: names }) => names);
}

describe.skipIf(noOwnEngine)(noOwnEngine ?? 'a swarm of two engines', () => {
  beforeAll(() => swarm.begin(), TIMEOUT_MS);
  afterAll(() => swarm.end(), TIMEOUT_MS);

  test('up says that both can make trials, and status that nothing is there', async () => {
    const up = await hadrill(['fleet', 'up'], { env: swarm.env });
    expect(up.code, up.stdout + up.stderr).toBe(0);
    expect(up.stdout).toMatch(/all 2 nodes can make trials/);
    const status = await hadrill(['fleet', 'status'], { env: swarm.env });
    expect(status.stdout).toMatch(/no fleet is at work/);
    await nothingLeft();
  });

  test(
    'trials of both are one run, with the plan of one engine, and nothing is left on either',
    async () => {
      const what = ['run', 'l3/nemesis', '--trials', String(TRIALS), '--seed', '11', '--json'];
      const plan = JSON.parse((await hadrill([...what, '--dry-run'])).stdout) as {
        trial_faults: { kind: string; target: string }[][];
      };
      const results = await RunResults.create();
      const done = await hadrill(['fleet', ...what, '--out', results.out], {
        env: swarm.env,
        timeout_ms: TIMEOUT_MS,
      });
      expect(MADE, done.stderr).toContain(done.code);
      const journal = JSON.parse(done.stdout) as Journal;
      expect(journal.seed).toBe(11);
      expect(new Set(journal.trials.map(({ engine }) => engine)).size).toBe(2);
      const made = faultsOf(journal);
      expect(made).toEqual(
        plan.trial_faults.map((faults, at) => ({
          index: at + 1,
          // A trial that was starved before its faults has none.
          faults: made[at]!.faults.length === 0 ? [] : faults.map(({ kind, target }) => `${kind} ${target}`),
        })),
      );
      await nothingLeft();
    },
    TIMEOUT_MS,
  );

  test(
    'a node that is killed in the middle loses no trial, and has nothing left when it is back',
    async () => {
      const results = await RunResults.create();
      const run = startHadrill([...SHORT, '--out', results.out], { env: swarm.env, timeout_ms: TIMEOUT_MS });
      const { id, name } = await nodeOf(swarm.worker);
      await run.said(new RegExp(`^${name}: shard .*crash of `, 'm'), TIMEOUT_MS);
      await swarm.worker.kill();
      await run.said(/is lost, and is made again/, TIMEOUT_MS);
      await swarm.worker.start();
      const done = await run.ended;
      expect(MADE, done.stderr).toContain(done.code);
      const { trials } = JSON.parse(done.stdout) as Journal;
      expect(trials.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
      await waitUntil({
        what: 'the node to be back',
        timeout_ms: 60_000,
        check: async () =>
          (await swarm.docker(['node', 'inspect', '--format', '{{.Status.State}}', id])) === 'ready',
      });
      const down = await hadrill(['fleet', 'down'], { env: swarm.env });
      expect(down.code, down.stderr).toBe(0);
      await nothingLeft();
    },
    TIMEOUT_MS,
  );

  test(
    'a connection to the manager that is lost for a while loses no trial, and Ctrl-C leaves nothing',
    async () => {
      const results = await RunResults.create();
      const run = startHadrill([...SHORT, '--out', results.out], { env: swarm.env, timeout_ms: TIMEOUT_MS });
      await run.said(/shard .*crash of /, TIMEOUT_MS);
      await swarm.way.cut();
      await run.said(/the manager of the swarm does not answer/, TIMEOUT_MS);
      await sleep(10_000);
      await swarm.way.open();
      await run.said(/the manager answers again/, TIMEOUT_MS);
      const done = await run.ended;
      expect(MADE, done.stderr).toContain(done.code);
      expect((JSON.parse(done.stdout) as Journal).trials.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
      await nothingLeft();
      const other = startHadrill([...SHORT, '--out', results.out], {
        env: swarm.env,
        timeout_ms: TIMEOUT_MS,
      });
      await other.said(/shard .*crash of /, TIMEOUT_MS);
      other.signal('SIGINT');
      expect((await other.ended).code).toBe(130);
      await nothingLeft();
    },
    TIMEOUT_MS,
  );

  test('what a killed command has left is named, and down removes it', { timeout: TIMEOUT_MS }, async () => {
    const results = await RunResults.create();
    const run = startHadrill([...SHORT, '--out', results.out], { env: swarm.env, timeout_ms: TIMEOUT_MS });
    await run.said(/shard .*crash of /, TIMEOUT_MS);
    await run.kill();
    const again = await hadrill([...SHORT, '--out', results.out], { env: swarm.env });
    expect(again.code).toBe(3);
    expect(again.stderr).toMatch(/a run is under way .*, or one was left: hadrill-f.*hadrill fleet down/s);
    const status = await hadrill(['fleet', 'status', '--json'], { env: swarm.env });
    expect(JSON.parse(status.stdout).services).toHaveLength(2);
    const down = await hadrill(['fleet', 'down'], { env: swarm.env, timeout_ms: 300_000 });
    expect(down.code, down.stderr).toBe(0);
    expect(down.stderr).toMatch(/removed services: hadrill-f/);
    await nothingLeft();
  });

  test('a node on which a lab is up is refused, and nothing is touched', async () => {
    const lab = freshName('theirs');
    const { env } = swarm.worker;
    expect((await hadrill(['up', topologyFile('small'), '--name', lab], { env })).code).toBe(0);
    const before = await containersOf(swarm.worker);
    let seen: string[] = [];
    const { code, stderr } = await hadrill(SHORT, { env: swarm.env });
    expect(code).toBe(3);
    expect(stderr).toMatch(new RegExp(`a lab is up already: '${lab}'`));
    await waitUntil({
      what: 'the lab alone to be there',
      timeout_ms: 10_000,
      lastSeen: () => seen.join(),
      check: async () => {
        seen = await containersOf(swarm.worker);
        return seen.sort().join() === before.sort().join();
      },
    });
    expect((await hadrill(['down', lab], { env })).code).toBe(0);
    await nothingLeft();
  });

  test.each<[string, string[], () => Record<string, string>, number, RegExp]>([
    [
      'no node has the label',
      ['--label', 'which=c'],
      () => swarm.env,
      2,
      /no node of the swarm has 'which=c'/,
    ],
    ['no node has the name', ['--node', 'nobody'], () => swarm.env, 2, /no node 'nobody'/],
    ['a worker', [], () => swarm.worker.env, 3, /is a worker of its swarm/],
    ['no engine', [], () => ({ DOCKER_HOST: 'unix:///nonexistent' }), 3, /no container engine/],
    ['more shards than trials', ['--shards', '5'], () => swarm.env, 2, /at most the number of trials/],
  ])('refused: %s', async (_, options, env, code, words) => {
    const done = await hadrill([...SHORT, ...options], { env: env() });
    expect(done.stderr).toMatch(words);
    expect(done.code).toBe(code);
  });
});

/** The worker's node, and what a fleet calls it. */
async function nodeOf(engine: OwnEngine): Promise<{ id: string; name: string }> {
  const { docker } = await engine.connect();
  const { Swarm: info, Name: host } = (await docker.info()) as { Swarm: { NodeID: string }; Name: string };
  return { id: info.NodeID, name: `${host}-${info.NodeID.slice(0, 5)}` };
}
