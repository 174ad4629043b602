import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { journalOfNotedResults } from '../../../harness/analysis/rebuild-journal.ts';
import { findShards, type ShardRun } from '../../../harness/drill/find-shards.ts';
import { mergeShards, missingTrials } from '../../../harness/drill/merge-shards.ts';
import { InputError, UnknownError } from '../../../harness/ground/errors.ts';
import { seededRandom } from '../../../harness/ground/random.ts';
import { factsOnEngine } from '../../../harness/journal/engines-of-run.ts';
import type { Journal, Trial } from '../../../harness/journal/journal.ts';
import type { RunFacts } from '../../../harness/journal/run-facts.ts';
import { blockOf } from '../../../harness/journal/shard.ts';
import { TRIAL_RESULT_SCHEMA, trialResultLine } from '../../../harness/journal/trial-results.ts';
import { describeEnvironment } from '../../../harness/report/provenance.ts';
import { freshFolder } from '../../support/folder.ts';
import { EXPECTATIONS, unknownTrial } from '../report/journals.ts';
import { phasedTrial } from '../report/phased-trials.ts';

const TRIALS = 7;
const RUN = JSON.parse(
  await readFile(path.join(import.meta.dirname, '../../fixtures/run/run.json'), 'utf8'),
) as RunFacts;
const FACTS: RunFacts = { ...RUN, expect: EXPECTATIONS, seed: 3, trials_asked: TRIALS };

interface Attempt {
  trial: Trial;
  repeated?: true;
}

const random = seededRandom(11);
/** Trial 2 was starved at first, trial 6 lost a session. */
const ATTEMPTS: Attempt[] = Array.from({ length: TRIALS }, (_, at): Attempt[] => {
  const { records: _records, ...trial } = phasedTrial(at + 1, random, {
    advert_ms: 1000,
    survived: at === 5 ? 40 : 50,
  });
  const made = { trial: { ...trial, verdict: 'pass' as const } };
  return at === 1 ? [{ trial: unknownTrial(2, 'starved'), repeated: true }, made] : [made];
}).flat();

async function runFolder(attempts: readonly Attempt[], change: Partial<RunFacts> = {}): Promise<string> {
  const folder = await freshFolder();
  const lines = attempts.map(({ trial, repeated }, at) =>
    trialResultLine({
      schema: TRIAL_RESULT_SCHEMA,
      attempt: at + 1,
      ...(repeated ? { repeated } : {}),
      trial: { ...trial, records: `trial-${at + 1}` },
    }),
  );
  for (const [at, { trial }] of attempts.entries()) {
    await mkdir(path.join(folder, `trial-${at + 1}`));
    await writeFile(path.join(folder, `trial-${at + 1}/facts.json`), `of trial ${trial.index}`);
  }
  await writeFile(path.join(folder, 'run.json'), JSON.stringify({ ...FACTS, ...change }));
  await writeFile(path.join(folder, 'trials.jsonl'), lines.join(''));
  return folder;
}

async function shardFolder(number: number, of: number, change: Partial<RunFacts> = {}): Promise<string> {
  const shard = blockOf({ number, of }, TRIALS)!;
  const own = ATTEMPTS.filter(({ trial: { index } }) => index >= shard.first && index <= shard.last);
  const facts = { shard, trials_asked: shard.last - shard.first + 1, ...change };
  return runFolder(own, facts);
}

async function merged(folders: readonly string[]): Promise<{ journal: Journal; folder: string }> {
  const [shards] = await findShards(folders);
  return mergeShards(shards as ShardRun[], await freshFolder());
}

describe('shards that are merged', () => {
  test.each([2, 3, 7])('%i of them are the same as one run of the same trials', async (of) => {
    const whole = await journalOfNotedResults(await runFolder(ATTEMPTS));
    const numbers = Array.from({ length: of }, (_, at) => of - at);
    const shards = await Promise.all(numbers.map((number) => shardFolder(number, of)));
    const { journal } = await merged(shards);
    expect(journal.summary).toEqual(whole.summary);
    expect(journal.expectations).toEqual(whole.expectations);
    expect(journal.verdict).toBe('fail');
    expect(journal).toMatchObject({ trials_asked: TRIALS, verdict: whole.verdict });
    expect(journal).not.toHaveProperty('shard');
    expect(journal.trials).toEqual(whole.trials);
    expect(journal.repeated).toEqual(whole.repeated);
    expect(missingTrials(journal)).toBeUndefined();
  });

  test('have the records of all, each of its own trial, and the machine that made it', async () => {
    const on = (machine: string) => ({ environment: { ...FACTS.environment, machine } });
    const { journal, folder } = await merged([
      await shardFolder(1, 2, on('a')),
      await shardFolder(2, 2, on('b')),
    ]);
    for (const { index, records } of journal.trials)
      expect(await readFile(path.join(folder, records!, 'facts.json'), 'utf8')).toBe(`of trial ${index}`);
    expect(journal.trials.map(({ machine }) => machine).join('')).toBe('aaabbbb');
    expect(journal.environment).not.toHaveProperty('machine');
    expect(await readdir(folder)).toEqual(
      expect.arrayContaining(['journal.json', 'run.json', 'trials.jsonl']),
    );
    expect(await journalOfNotedResults(folder)).toEqual(journal);
  });

  test.each([
    ['machines', 'a', 'b', ['a', 'b']],
    ['machines of one name', 'ci', 'ci', ['ci (8 processors)', 'ci (2 processors)']],
  ])('of %s are judged by the processors of the machine that made each', async (_, one, other, names) => {
    const on = (machine: string, cpus: number) => ({ environment: { ...FACTS.environment, machine, cpus } });
    const { journal, folder } = await merged([
      await shardFolder(1, 2, on(one, 8)),
      await shardFolder(2, 2, { ...on(other, 2), started_at: '2099-01-01T00:00:00.000000000Z' }),
    ]);
    const run = JSON.parse(await readFile(path.join(folder, 'run.json'), 'utf8')) as RunFacts;
    expect(run.environment.machines?.map(({ machine }) => machine)).toEqual(names);
    expect(run.environment.cpus).toBe(2);
    expect(journal.trials.map(({ machine }) => machine)).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((index) => names[index <= 3 ? 0 : 1]),
    );
    expect(journal.trials.map((trial) => factsOnEngine(run, trial).environment.cpus)).toEqual([
      ...[8, 8, 8],
      ...[2, 2, 2, 2],
    ]);
    expect(describeEnvironment(journal)).toContain(
      `trials: 3 on machine ${names[0]} (8 processors), 4 on machine ${names[1]} (2 processors)`,
    );
  });

  test('over engines that are named alike keep the machine that each trial was made on', async () => {
    const over = (machine: string, cpus: number) => {
      const { kernel, engine, images } = FACTS.environment;
      const engines = [{ name: 'a', machine, cpus, kernel, engine, images }];
      return { environment: { ...FACTS.environment, machine, cpus, engines } };
    };
    const made = (machine: string, index: number) => ({
      trial: { ...ATTEMPTS.find(({ trial }) => trial.index === index)!.trial, engine: 'a', machine },
    });
    const { folder, journal } = await merged([
      await runFolder([made('lab1', 1)], over('lab1', 8)),
      await runFolder([made('lab2', 3)], over('lab2', 2)),
    ]);
    const run = JSON.parse(await readFile(path.join(folder, 'run.json'), 'utf8')) as RunFacts;
    expect(journal.trials.map((trial) => factsOnEngine(run, trial).environment.cpus)).toEqual([8, 2]);
  });

  test.each([
    [['a=unix:///a', 'a=unix:///a'], 'a=unix:///a'],
    [['a=unix:///a', 'b=unix:///b'], undefined],
  ])('over engines %j are repeated over %j', async ([one, other], repeated) => {
    const over = (engines: string | undefined) => ({
      command: { drill: 'a', out: '/', environment: {}, ...(engines === undefined ? {} : { engines }) },
    });
    const shards = [await shardFolder(1, 2, over(one)), await shardFolder(2, 2, over(other))];
    expect((await merged(shards)).journal.command?.engines).toBe(repeated);
  });

  test('are found in a folder for results', async () => {
    const [one, other] = [await shardFolder(1, 2), await shardFolder(2, 2)];
    const results = await freshFolder();
    const { cp } = await import('node:fs/promises');
    await cp(one, path.join(results, 'shard-1/l3-node-crash/x'), { recursive: true });
    await cp(other, path.join(results, 'shard-2/l3-node-crash/x'), { recursive: true });
    expect((await merged([results])).journal.trials).toHaveLength(TRIALS);
  });
});

describe('what is not one whole run', () => {
  test('a missing shard: its trials are not known, and neither is the run', async () => {
    const { journal } = await merged([await shardFolder(1, 3), await shardFolder(2, 3)]);
    expect(journal.verdict).toBe('unknown');
    expect(missingTrials(journal)).toBe('3 of 7 trials are missing, the first is 5, the last 7');
  });

  test('the same shard twice is refused as unknown, and nothing is written', async () => {
    const shards = [await shardFolder(1, 2), await shardFolder(1, 2)];
    const [found] = await findShards(shards);
    const out = await freshFolder();
    await expect(mergeShards(found!, out)).rejects.toThrow(UnknownError);
    await expect(mergeShards(found!, out)).rejects.toThrow(/trial 1 is there 2 times.* 2 more are/);
    expect(await readdir(out)).toEqual([]);
  });

  test('a folder that is named twice counts once', async () => {
    const folder = await shardFolder(1, 1);
    expect((await merged([folder, `${folder}/`])).journal.trials).toHaveLength(TRIALS);
  });

  test.each<[string, Partial<RunFacts>, string]>([
    ['seed', { seed: 4 }, 'other seed'],
    ['expectations', { expect: [] }, 'other expectations'],
    ['probes', { probes: [] }, 'other probes'],
    ['images', { environment: { ...FACTS.environment, images: { 'hadrill/router': 'x' } } }, 'other images'],
    ['versions', { environment: { ...FACTS.environment, versions: {} } }, 'other versions of daemons'],
    [
      'files',
      { command: { drill: 'a', out: '/', environment: {}, files: { paths: [], salt: 'a', digest: 'b' } } },
      'other files',
    ],
    ['variables', { command: { drill: 'a', out: '/', environment: { ADVERT_INT: '2' } } }, 'other variables'],
    ['trials', { shard: { number: 2, of: 2, first: 4, last: 8, trials: 8 } }, 'other number of trials'],
  ])('other %s are refused', async (_, change, words) => {
    const folders = [await shardFolder(1, 2), await shardFolder(2, 2, change)];
    await expect(merged(folders)).rejects.toThrow(InputError);
    await expect(merged(folders)).rejects.toThrow(words);
  });

  test('no shard, or no folder, is refused', async () => {
    const nothing = await freshFolder();
    await expect(findShards([nothing])).rejects.toThrow('no run.json in it or below it');
    await expect(findShards(['/no/such'])).rejects.toThrow("there is no folder '/no/such'");
    expect(existsSync(nothing)).toBe(true);
  });

  test('a shard that ended before its first trial leaves its trials unknown', async () => {
    const shard = blockOf({ number: 2, of: 2 }, TRIALS)!;
    const environment = { ...FACTS.environment, images: {}, versions: {} };
    const empty = await runFolder([], { shard, environment, ended_early: 'interrupted' });
    const { journal } = await merged([await shardFolder(1, 2), empty]);
    expect(journal).toMatchObject({ verdict: 'unknown', ended_early: 'interrupted' });
    expect(journal.trials).toHaveLength(3);
  });
});
