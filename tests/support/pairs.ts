import path from 'node:path';
import { expect, type TestContext } from 'vitest';
import type { Journal, Trial } from '../../harness/journal/journal.ts';
import { RunResults } from './folder.ts';
import { hadrill } from './hadrill.ts';
import { expectNothingLeft } from './labs.ts';
import { skipIfStarved } from './skip-starved.ts';

const PAIRS = path.join(import.meta.dirname, '../fixtures/pairs');

export interface PairRun {
  code: number;
  journal: Journal;
  trial: Trial;
}

/** Runs one trial of a drill of tests/fixtures/pairs; one that the machine starved is skipped, and the test says so. */
export async function runPair(context: TestContext, name: string): Promise<PairRun> {
  const results = await RunResults.create();
  const file = path.join(PAIRS, `${name}.drill.yml`);
  const done = await hadrill(['run', file, '--seed', '3', '--json', '--out', results.out], {
    timeout_ms: 300_000,
  });
  await expectNothingLeft(await results.lab());
  expect([0, 1, 4], done.stderr).toContain(done.code);
  const journal = JSON.parse(done.stdout) as Journal;
  const trial = journal.trials[0]!;
  skipIfStarved(context, name, journal.trials);
  return { code: done.code!, journal, trial };
}

export function boundOf(trial: Trial, metric: string): number[] {
  const bound = trial.bounds[metric];
  expect(bound, `${metric}: ${trial.missing_bounds?.[metric]}`).toBeDefined();
  return [bound!.low, bound!.high];
}
