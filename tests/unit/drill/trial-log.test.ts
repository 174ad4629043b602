import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { journalOfNotedResults, rebuildJournal } from '../../../harness/analysis/rebuild-journal.ts';
import { RunFolder } from '../../../harness/drill/run-folder.ts';
import { TrialLog } from '../../../harness/drill/trial-log.ts';
import { InputError } from '../../../harness/ground/errors.ts';
import type { Journal, Trial, Verdict } from '../../../harness/journal/journal.ts';
import { readJournal } from '../../../harness/journal/read-journal.ts';
import type { KeepRecords } from '../../../harness/journal/run-command.ts';
import type { RunFacts } from '../../../harness/journal/run-facts.ts';
import { readTrialResults } from '../../../harness/journal/trial-results.ts';
import { RUN, readJson } from '../analysis/run-copy.ts';

const SLOW = { timeout: 30_000 };

let folder: RunFolder;
let run: RunFacts;
let pattern: Trial;

beforeEach(async () => {
  const out = await mkdtemp(path.join(tmpdir(), 'hadrill-unit-'));
  onTestFinished(() => rm(out, { recursive: true }));
  folder = RunFolder.create(out, 'drill', new Date(), 1);
  onTestFinished(() => folder.close());
  run = { ...(await readJson<RunFacts>(RUN, 'run.json')), expect: [] };
  folder.writeJson('run.json', run);
  pattern = (await readJson<Journal>(RUN, 'journal.json')).trials[0]!;
});

function trialOf(index: number, verdict: Verdict = 'pass'): Trial {
  const { records: _, ...rest } = pattern;
  return { ...rest, index, verdict };
}

/** One that takes little time to write and to read. */
function smallTrial(index: number): Trial {
  return { ...trialOf(index), metrics: {}, bounds: {}, faults: [], audits: [], timeline: [], outages: [] };
}

/** As the drill makes them: records first, then what came out of them. */
function make(log: TrialLog, verdicts: readonly Verdict[]): void {
  for (const verdict of verdicts) {
    const attempt = log.begin();
    folder.writeRecord(`trial-${attempt}/facts.json`, '{}');
    folder.writeRecord(`trial-${attempt}/inside.pcap`, 'frames');
    log.add(attempt, trialOf(log.made + 1, verdict), false);
  }
}

const results = () => path.join(folder.path, 'trials.jsonl');
const written = () => readJournal(path.join(folder.path, 'journal.json'));

test('the journal is that of all trials, in order, with those that were made again apart', async () => {
  const log = new TrialLog(folder, run, 'all');
  log.add(log.begin(), trialOf(1, 'unknown'), true);
  log.add(log.begin(), trialOf(1), false);
  log.add(log.begin(), trialOf(2, 'fail'), false);
  const journal = log.journal();
  expect(journal.trials.map(({ index, records }) => [index, records])).toEqual([
    [1, 'trial-2'],
    [2, 'trial-3'],
  ]);
  expect(journal.repeated.map(({ records }) => records)).toEqual(['trial-1']);
  expect(journal.verdict).toBe('fail');
  expect(await written()).toEqual(journal);
});

test('trials of several labs end in any order: the journal, and one that is made anew, has them by number', async () => {
  const log = new TrialLog(folder, run, 0);
  const [first, second, third] = [log.begin(), log.begin(), log.begin()];
  log.add(third!, trialOf(3), false);
  log.add(first!, trialOf(1, 'unknown'), true);
  log.add(second!, trialOf(2, 'fail'), false);
  log.add(log.begin(), trialOf(1), false);
  // Another lab was interrupted before there were any facts.
  folder.writeRecord(`trial-${log.begin()}/inside.pcap`, 'frames');
  const journal = log.journal();
  expect(journal.trials.map(({ index, verdict }) => [index, verdict])).toEqual([
    [1, 'pass'],
    [2, 'fail'],
    [3, 'pass'],
  ]);
  expect(journal.repeated.map(({ index }) => index)).toEqual([1]);
  expect(await rebuildJournal(folder.path)).toEqual(journal);
});

test('what the hundredth trial writes is no more than what the tenth did', SLOW, () => {
  const log = new TrialLog(folder, run, 'all');
  const sizes = Array.from({ length: 100 }, (_, at) => {
    log.add(log.begin(), smallTrial(at + 1), false);
    return statSync(results()).size;
  });
  expect(sizes[99]! - sizes[98]!).toBeLessThan((sizes[9]! - sizes[8]!) * 1.02);
});

test('the journal is written ever more seldom, and whole at the end', SLOW, async () => {
  const log = new TrialLog(folder, run, 'all');
  const writings = new Set<number>();
  const file = path.join(folder.path, 'journal.json');
  for (let index = 1; index <= 200; index += 1) {
    log.add(log.begin(), smallTrial(index), false);
    writings.add((JSON.parse(readFileSync(file, 'utf8')) as Journal).trials.length);
  }
  expect(writings.size).toBeLessThan(35);
  expect(Math.max(...writings)).toBeGreaterThan(150);
  log.catchUp();
  expect((await written()).trials).toHaveLength(200);
});

test('a run that was ended at any byte is read up to its last whole trial', SLOW, async () => {
  const log = new TrialLog(folder, run, 'all');
  for (const index of [1, 2]) log.add(log.begin(), smallTrial(index), false);
  const whole = await readFile(results());
  const ends = [...whole.entries()].flatMap(([at, byte]) => (byte === 0x0a ? [at + 1] : []));
  for (let length = 0; length <= whole.length; length += 1) {
    await writeFile(results(), whole.subarray(0, length));
    expect(readTrialResults(results()).length).toBe(ends.filter((end) => end <= length).length);
  }
  // What a file system leaves of a write that a crash of the machine cut short.
  await writeFile(results(), Buffer.concat([whole.subarray(0, ends[0]), Buffer.alloc(700)]));
  expect((await journalOfNotedResults(folder.path)).trials).toHaveLength(1);
});

test('a line that is something else is named', async () => {
  const log = new TrialLog(folder, run, 'all');
  make(log, ['pass', 'pass']);
  const [first, second] = (await readFile(results(), 'utf8')).split('\n');
  const wrong = async (text: string) => {
    await writeFile(results(), text);
    const error = await journalOfNotedResults(folder.path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  };
  expect(await wrong(`${first}\n{"schema": \n${second}\n`)).toContain('trials.jsonl:2: is not JSON');
  expect(await wrong(`${first}\n{}\n`)).toContain('trials.jsonl:2: no result of a trial');
  expect(await wrong(`${second}\n${second}\n`)).toContain('trials.jsonl:2: attempt 2 is there twice');
});

describe('whose captures and records are kept', () => {
  test.each<[KeepRecords, string[]]>([
    ['all', ['trial-1', 'trial-2', 'trial-3', 'trial-4', 'trial-5', 'trial-6']],
    ['failed', ['trial-3', 'trial-5', 'trial-6']],
    [1, ['trial-1', 'trial-3', 'trial-5']],
    [2, ['trial-1', 'trial-2', 'trial-3', 'trial-5', 'trial-6']],
    [0, []],
  ])('%s', async (keep, kept) => {
    const log = new TrialLog(folder, run, keep);
    make(log, ['pass', 'pass', 'fail', 'pass', 'unknown', 'fail']);
    const folders = (await readdir(folder.path)).filter((name) => /^trial-\d/.test(name));
    expect(folders.sort()).toEqual(kept);
    const { trials } = log.journal();
    expect(trials.flatMap(({ records }) => records ?? [])).toEqual(kept);
    expect(trials.filter(({ records_dropped }) => records_dropped)).toHaveLength(6 - kept.length);
  });

  test('a trial that fails by what the drill expects alone keeps its records', async () => {
    const expect_ = [{ metric: 'udp.outage_ms', stat: 'each', op: '<=', value: -1 } as const];
    const log = new TrialLog(folder, { ...run, expect: expect_ }, 'failed');
    make(log, ['pass']);
    expect(existsSync(path.join(folder.path, 'trial-1/inside.pcap'))).toBe(true);
    expect(log.journal().trials[0]?.verdict).toBe('fail');
  });

  test('a trial that is made again does not take the place of one that counts', () => {
    const log = new TrialLog(folder, run, 1);
    for (const again of [true, true, false]) log.add(log.begin(), trialOf(1, 'unknown'), again);
    const { trials, repeated } = log.journal();
    expect([...repeated, ...trials].map(({ records }) => records)).toEqual(['trial-1', undefined, 'trial-3']);
  });

  test('a journal that is made again takes those that were not kept as they were noted', async () => {
    const log = new TrialLog(folder, run, 0);
    make(log, ['pass', 'fail']);
    const journal = log.journal();
    await rm(path.join(folder.path, 'journal.json'));
    expect(await rebuildJournal(folder.path)).toEqual(journal);
  });

  test('records that are gone although they were kept are named', async () => {
    const log = new TrialLog(folder, run, 'all');
    make(log, ['pass']);
    await rm(path.join(folder.path, 'trial-1'), { recursive: true });
    await expect(rebuildJournal(folder.path)).rejects.toThrow(/trial-1: the records .* are gone/);
  });
});
