import { expect, test } from 'vitest';
import { writePairs } from '../../harness/calibration/many-pairs.ts';
import type { Journal } from '../../harness/journal/journal.ts';
import { freshFolder, RunResults } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import { expectNothingLeft } from '../support/labs.ts';
import { takenInBound } from '../support/taken-over.ts';

/** A trial of a machine that was too busy says so, and nothing about the routers. */
test.for([5, 10, 25, 50])('crash of one of the two hosts of %d pairs', async (pairs, context) => {
  const results = await RunResults.create();
  const drill = await writePairs(await freshFolder(), pairs);
  const args = ['run', drill, '--trials', '2', '--seed', '3', '--json', '--out', results.out];
  const done = await hadrill(args, { timeout_ms: 500_000 });
  await expectNothingLeft(await results.lab());
  expect([0, 1, 4], done.stderr).toContain(done.code);
  const { trials } = JSON.parse(done.stdout) as Journal;
  const measured = trials.filter(({ verdict }) => verdict !== 'unknown');
  for (const { verdict, reason } of trials) if (verdict === 'unknown') expect(reason).toMatch(/^starved/);
  for (const trial of measured) {
    takenInBound(trial);
    // Whoever had the first pair's address had its host: every router of it left.
    expect(trial.faults[0]!.resolved.split(',')).toHaveLength(pairs);
  }
  context.skip(measured.length === 0, `${pairs} pairs: ${trials[0]!.reason}`);
});
