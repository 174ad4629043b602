import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Journal } from '../../harness/journal/journal.ts';
import { RunResults } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import { expectNothingLeft } from '../support/labs.ts';

/** What each trial broke: kind and node. */
const brokenIn = ({ trials }: Journal) =>
  trials.map(({ faults }) => faults.map(({ kind, resolved }) => `${kind} of ${resolved}`));

async function run(...args: string[]): Promise<{ code: number; journal: Journal; folder: string }> {
  const results = await RunResults.create();
  const { code, stdout, stderr } = await hadrill(['run', ...args, '--json', '--out', results.out], {
    timeout_ms: 600_000,
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

test('l3/nemesis-no-conntrackd: every session dies, whichever fault moved the address', async () => {
  const { code, journal } = await run('l3/nemesis-no-conntrackd', '--trials', '2', '--seed', '7');
  expect(code).not.toBe(1);
  expect(journal.trials.map(({ metrics }) => metrics['tcp.survived_ratio'])).toEqual([0, 0]);
});
