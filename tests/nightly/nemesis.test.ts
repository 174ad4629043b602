import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Journal } from '../../harness/journal/journal.ts';
import { RunResults } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import { drillFile, expectNothingLeft } from '../support/labs.ts';

/** What each trial broke: kind and node. */
const brokenIn = ({ trials }: Journal) =>
  trials.map(({ faults }) => faults.map(({ kind, resolved }) => `${kind} of ${resolved}`));

async function run(...args: string[]): Promise<{ code: number; journal: Journal; folder: string }> {
  const results = await RunResults.create();
  const { code, stdout, stderr } = await hadrill(['run', ...args, '--json', '--out', results.out], {
    timeout_ms: 7_000_000,
  });
  await expectNothingLeft(await results.lab());
  expect([0, 1, 4], stderr).toContain(code);
  const [file] = globSync('*/*/journal.json', { cwd: results.out });
  const folder = path.join(results.out, path.dirname(file!));
  return { code: code!, journal: JSON.parse(stdout) as Journal, folder };
}

test('l3/nemesis: whatever is drawn, every audit passes; a replay breaks the same nodes in the same order', async () => {
  const first = await run('l3/nemesis', '--trials', '6', '--seed', '11');
  const audits = first.journal.trials.flatMap((trial) => trial.audits);
  expect(audits.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  expect(first.code).not.toBe(1);
  const again = await run('--replay', first.folder);
  expect(again.code).not.toBe(1);
  expect(brokenIn(again.journal)).toEqual(brokenIn(first.journal));
  expect(new Set(brokenIn(first.journal).flat()).size).toBeGreaterThan(3);
});

/** At night 100; one a trial, with audits between them. */
const FAULTS = Number(process.env.HADRILL_TEST_NEMESIS_FAULTS ?? 20);

test(`${FAULTS} faults of every class, of one seed: the audits between them pass, and a replay has the same faults`, async () => {
  const seed = process.env.HADRILL_TEST_SEED ?? '17';
  const drill = drillFile('nemesis-quick');
  const { journal, folder } = await run(drill, '--trials', `${FAULTS}`, '--seed', seed);
  const broken = brokenIn(journal);
  expect(broken.flat().length).toBeGreaterThan(0.9 * FAULTS);
  const findings = journal.trials.flatMap(({ index, faults, audits }) =>
    audits
      .filter(({ verdict }) => verdict !== 'pass')
      .map(
        ({ name, detail }) =>
          `trial ${index}, ${faults[0]?.kind} of ${faults[0]?.resolved}: ${name}: ${detail}`,
      ),
  );
  const unknown = journal.trials.filter(({ verdict }) => verdict === 'unknown');
  console.log(`${broken.flat().length} faults; ${unknown.map(({ reason }) => reason).join('\n')}`);
  expect(findings).toEqual([]);
  const { stdout } = await hadrill(['run', '--replay', folder, '--dry-run', '--json']);
  const { trial_faults } = JSON.parse(stdout) as { trial_faults: { kind: string; target: string }[][] };
  const planned = trial_faults.map((faults) => faults.map(({ kind, target }) => `${kind} of ${target}`));
  for (const [at, faults] of broken.entries())
    if (faults.length > 0) expect(planned[at]).toEqual(faults.map((one) => one.replace(/ \(.*/s, '')));
}, 7_200_000);

test('l3/nemesis-no-conntrackd: every session dies, whichever fault moved the address', async () => {
  const { code, journal } = await run('l3/nemesis-no-conntrackd', '--trials', '2', '--seed', '7');
  expect(code).not.toBe(1);
  expect(journal.trials.map(({ metrics }) => metrics['tcp.survived_ratio'])).toEqual([0, 0]);
});
