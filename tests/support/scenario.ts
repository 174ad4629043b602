import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, type TestContext } from 'vitest';
import type { Journal, Trial } from '../../harness/journal/journal.ts';
import { countedVerdict } from '../../harness/verdict/judge.ts';
import { RunResults } from './folder.ts';
import { hadrill } from './hadrill.ts';
import { expectNothingLeft } from './labs.ts';
import { skipIfStarved } from './skip-starved.ts';

const TIMEOUT_MS = 300_000;

/** One trial of a drill that met every expectation of its own. */
export interface ScenarioTrial {
  journal: Journal;
  trial: Trial;
  /** Of the trial's records. */
  records: string;
}

/**
 * Runs one trial of a drill, and checks what holds for each: nothing stays behind, its expectations are met, every
 * fault was seen and healed, and the records alone give the same journal again. A run that the machine starved is
 * skipped, and the test says so.
 */
export async function runScenario(
  context: TestContext,
  drill: string,
  timeout_ms = TIMEOUT_MS,
): Promise<ScenarioTrial> {
  const results = await RunResults.create();
  const args = ['run', drill, '--seed', '7', '--json', '--out', results.out];
  const done = await hadrill(args, { timeout_ms });
  expect([0, 1, 4], done.stderr).toContain(done.code);
  await expectNothingLeft(await results.lab());
  const journal = JSON.parse(done.stdout) as Journal;
  expect(done.code).toBe({ pass: 0, fail: 1, unknown: 4 }[journal.verdict]);
  await expectSameAgain(journal, results);
  skipIfStarved(context, drill, journal.trials);
  expect(done.code, done.stderr).toBe(0);
  expect(journal).toMatchObject({ schema: 'hadrill.journal/1', drill, seed: 7 });
  expect(journal.expectations.map(countedVerdict)).toEqual(journal.expectations.map(() => 'pass'));
  expect(journal.trials).toHaveLength(1);
  const trial = journal.trials[0]!;
  expect(trial.faults.map(({ verified }) => verified)).toEqual(trial.faults.map(() => true));
  for (const { applied_at, reverted_at } of trial.faults)
    expect(Date.parse(reverted_at!)).toBeGreaterThan(Date.parse(applied_at));
  return { journal, trial, records: path.join((await results.folder())!, trial.records!) };
}

/** Every number is there and is what it should be. */
export function expectMetrics({ metrics }: Trial, expected: Readonly<Record<string, unknown>>): void {
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, metrics[name]]))).toEqual(expected);
}

/** Without its journal the run's folder gives it again. */
export async function expectSameAgain(journal: Journal, results: RunResults): Promise<void> {
  const folder = (await results.folder())!;
  await rm(path.join(folder, 'journal.json'));
  const again = await hadrill(['report', folder, '--format', 'json']);
  expect(again.code, again.stderr).toBe(0);
  expect(JSON.parse(again.stdout)).toEqual(journal);
}
