import { expect, test } from 'vitest';
import type { Journal } from '../../harness/journal/journal.ts';
import { freshFolder, RunResults } from '../support/folder.ts';
import { writeHaRouters } from '../support/ha-routers.ts';
import { hadrill } from '../support/hadrill.ts';
import { expectNothingLeft } from '../support/labs.ts';
import { takenInBound } from '../support/taken-over.ts';

/** A trial of a machine that was too busy says so, and nothing about the routers. */
test.for([5, 10, 25, 50])('crash of one of the two hosts of %d HA routers', async (routers, context) => {
  const results = await RunResults.create();
  const drill = await writeHaRouters(await freshFolder(), routers);
  const args = ['run', drill, '--trials', '2', '--seed', '3', '--json', '--out', results.out];
  const done = await hadrill(args, { timeout_ms: 900_000 });
  await expectNothingLeft(await results.lab());
  expect([0, 1, 4], done.stderr).toContain(done.code);
  const { trials } = JSON.parse(done.stdout) as Journal;
  for (const { verdict, reason } of trials) if (verdict === 'unknown') expect(reason).toMatch(/^starved/);
  const measured = trials.filter(({ verdict }) => verdict !== 'unknown');
  // Actives alternate over the hosts, the first of them is the one that breaks.
  const active = Math.ceil(routers / 2);
  for (const trial of measured) expect(takenInBound(trial)).toHaveLength(active);
  context.skip(measured.length === 0, `${routers} routers: ${trials[0]!.reason}`);
});
