import { expect, test } from 'vitest';
import type { Journal } from '../../harness/journal/journal.ts';
import { Bystanders } from '../support/bystanders.ts';
import { RunResults } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import { drillFile, expectNothingLeft } from '../support/labs.ts';
import { strayNamespaces } from '../support/machine-traces.ts';

const TIMEOUT_MS = 420_000;

/** A run, beside others. */
async function run(drill: string) {
  const results = await RunResults.create();
  const words = ['run', drill, '--trials', '2', '--seed', '3', '--json', '--out', results.out];
  const done = await hadrill(words, { timeout_ms: TIMEOUT_MS });
  const journal = done.stdout === '' ? undefined : (JSON.parse(done.stdout) as Journal);
  return { ...done, journal, lab: await results.lab() };
}

test('four runs side by side on one engine: each verdict is right or unknown, and nothing is left', async () => {
  const bystanders = await Bystanders.begin();
  const before = await strayNamespaces();
  try {
    const wanted = [
      [drillFile('quick-crash'), 'pass'],
      [drillFile('quick-crash'), 'pass'],
      [drillFile('breached'), 'fail'],
      // A control: that the sessions die is what it expects.
      ['l3/node-crash-no-conntrackd', 'pass'],
    ] as const;
    const runs = await Promise.all(
      wanted.map(async ([drill, verdict]) => ({ verdict, ...(await run(drill)) })),
    );
    for (const { verdict, code, journal, stderr, lab } of runs) {
      expect([{ pass: 0, fail: 1 }[verdict], 4], stderr).toContain(code);
      expect([verdict, 'unknown'], stderr).toContain(journal?.verdict);
      for (const trial of journal!.trials)
        expect([verdict, 'unknown'], trial.reason).toContain(trial.verdict);
      await expectNothingLeft(lab);
    }
    console.log(runs.map(({ verdict, journal }) => `wanted ${verdict}, got ${journal?.verdict}`).join('; '));
    expect(new Set(runs.map(({ lab }) => lab)).size, 'each had a lab of its own').toBe(4);
    await bystanders.expectUntouched();
    expect(await strayNamespaces()).toEqual(before);
  } finally {
    await bystanders.end();
  }
});
