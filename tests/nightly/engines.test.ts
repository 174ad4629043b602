import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sleep } from '../../harness/ground/wait.ts';
import type { Journal } from '../../harness/journal/journal.ts';
import { waitNoLab } from '../support/engine-runs.ts';
import { RunResults } from '../support/folder.ts';
import { hadrill, startHadrill } from '../support/hadrill.ts';
import { drillFile, freshName, topologyFile } from '../support/labs.ts';
import { noOwnEngine, OwnEngine } from '../support/own-engine.ts';

const IMAGES = ['fabric', 'endpoint', 'router'];
const TRIALS = 12;
const TIMEOUT_MS = 600_000;
const WHAT = ['run', drillFile('quick-crash'), '--seed', '7', '--json'];
/** Trials of two labs on one small machine may be starved: what is compared is the plan, not the verdict. */
const MADE = [0, 4];

const a = new OwnEngine();
const b = new OwnEngine();
const list = `a=unix://${a.socket},b=unix://${b.socket}`;

/** What each trial breaks, in the order in which they stand. */
const faultsOf = ({ trials }: Journal) =>
  trials.map(({ index, faults }) => ({
    index,
    faults: faults.map(({ kind, target }) => `${kind} ${target}`),
  }));

describe.skipIf(noOwnEngine)(noOwnEngine ?? 'two engines', () => {
  beforeAll(() => Promise.all([a, b].map((engine) => engine.begin(IMAGES))), TIMEOUT_MS);
  afterAll(() => Promise.all([a, b].map((engine) => engine.end())), TIMEOUT_MS);

  test(
    'trials of both are one run, with the plan of one engine, and each says where it was made',
    async () => {
      const what = ['run', 'l3/nemesis', '--trials', String(TRIALS), '--seed', '11', '--json'];
      const plan = JSON.parse((await hadrill([...what, '--dry-run'])).stdout) as {
        trial_faults: { kind: string; target: string }[][];
      };
      const results = await RunResults.create();
      const done = await hadrill([...what, '--engines', list, '--out', results.out], {
        timeout_ms: TIMEOUT_MS,
      });
      expect(MADE, done.stderr).toContain(done.code);
      const journal = JSON.parse(done.stdout) as Journal;
      expect(new Set(journal.trials.map(({ engine }) => engine))).toEqual(new Set(['a', 'b']));
      expect(journal.environment.engines?.map(({ name }) => name)).toEqual(['a', 'b']);
      expect(journal.command?.engines).toBe(list);
      const made = faultsOf(journal);
      expect(made).toEqual(
        plan.trial_faults.map((faults, at) => ({
          index: at + 1,
          // A trial that was starved before its faults has none.
          faults: made[at]!.faults.length === 0 ? [] : faults.map(({ kind, target }) => `${kind} ${target}`),
        })),
      );
      for (const engine of [a, b]) await waitNoLab(engine, 1000);
    },
    TIMEOUT_MS,
  );

  test(
    'several labs on each engine, and nothing is left on either',
    async () => {
      const results = await RunResults.create();
      const args = [...WHAT, '--trials', '4', '--jobs', '2', '--engines', list, '--out', results.out];
      const done = await hadrill(args, { timeout_ms: TIMEOUT_MS });
      expect(MADE, done.stderr).toContain(done.code);
      const { trials, command } = JSON.parse(done.stdout) as Journal;
      expect(trials.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
      expect(command).toMatchObject({ engines: list, jobs: 2 });
      const made = (await results.events()).filter(({ event }) => event === 'lab');
      expect(made.slice(0, 4).map(({ engine }) => engine)).toEqual(['a', 'b', 'a', 'b']);
      expect(done.stderr).toMatch(/^a#2: trial \d/m);
      for (const engine of [a, b]) await waitNoLab(engine, 1000);
    },
    TIMEOUT_MS,
  );

  test(
    'Ctrl-C in the middle of a trial heals and removes the labs of both, and keeps what there is',
    async () => {
      const results = await RunResults.create();
      const args = [...WHAT, '--trials', '6', '--engines', list, '--out', results.out];
      const run = startHadrill(args, { timeout_ms: TIMEOUT_MS });
      await run.said(/^[ab]: trial \d: crash of /m, TIMEOUT_MS);
      run.signal('SIGINT');
      const done = await run.ended;
      expect(done.code, done.stderr).toBe(130);
      const journal = await readFile(path.join((await results.folder())!, 'journal.json'), 'utf8');
      expect(JSON.parse(journal)).toMatchObject({ trials_asked: 6, ended_early: 'interrupted' });
      for (const engine of [a, b]) await waitNoLab(engine, 1000);
    },
    TIMEOUT_MS,
  );

  test(
    'an engine that is killed in the middle loses no trial, and has nothing left when it is back',
    async () => {
      const results = await RunResults.create();
      const args = [...WHAT, '--trials', '6', '--engines', list, '--out', results.out];
      const run = startHadrill(args, { timeout_ms: TIMEOUT_MS });
      await run.said(/^b: trial \d: crash of /m, TIMEOUT_MS);
      await b.kill();
      await run.said(/^b: the engine is lost/m, TIMEOUT_MS);
      await run.said(/^a: trial \d: (pass|unknown|fail)/m, TIMEOUT_MS);
      await b.start();
      const done = await run.ended;
      expect(MADE, done.stderr).toContain(done.code);
      const { trials, repeated } = JSON.parse(done.stdout) as Journal;
      expect(trials.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(
        repeated.some(({ engine, reason }) => engine === 'b' && /engine|fabric/.test(reason ?? '')),
      ).toBe(true);
      const events = await results.events();
      expect(events.map(({ event }) => event)).toContain('lost');
      for (const engine of [a, b]) await waitNoLab(engine, 5000);
    },
    TIMEOUT_MS,
  );

  test(
    'an engine that is not back at the end is named, and gc removes what it has when it is',
    async () => {
      const results = await RunResults.create();
      const args = [...WHAT, '--trials', '2', '--engines', list, '--out', results.out];
      const run = startHadrill(args, { timeout_ms: TIMEOUT_MS });
      await run.said(/^b: trial \d: crash of /m, TIMEOUT_MS);
      await b.kill();
      const done = await run.ended;
      await b.start();
      expect(MADE, done.stderr).toContain(done.code);
      expect((JSON.parse(done.stdout) as Journal).trials.map(({ index }) => index)).toEqual([1, 2]);
      expect(done.stderr).toMatch(/may be there still/);
      await sleep(1000);
      expect((await hadrill(['gc', '--engines', list])).code).toBe(0);
      for (const engine of [a, b]) await waitNoLab(engine, 30_000);
    },
    TIMEOUT_MS,
  );

  test('an engine on which a lab is up is refused, and nothing is touched', async () => {
    const lab = freshName('theirs');
    expect((await hadrill(['up', topologyFile('small'), '--name', lab], { env: b.env })).code).toBe(0);
    const results = await RunResults.create();
    const { code, stderr } = await hadrill([...WHAT, '--engines', list, '--out', results.out]);
    expect(code).toBe(3);
    expect(stderr).toMatch(new RegExp(`engine 'b' has a lab up already: '${lab}'`));
    expect(await results.folder()).toBeUndefined();
    const { docker } = await a.connect();
    expect(await docker.listContainers({ all: true })).toEqual([]);
    expect((await hadrill(['down', lab], { env: b.env })).code).toBe(0);
  });

  test('one engine under two names is refused', async () => {
    const twice = `a=unix://${a.socket},again=unix:///${a.socket}`;
    const { code, stderr } = await hadrill([...WHAT, '--engines', twice]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/'a' .* and 'again' .* are one engine/);
  });
});
