import { expect, test } from 'vitest';
import type { Journal } from '../../harness/journal/journal.ts';
import { RunResults } from '../support/folder.ts';
import { hadrill, startHadrill } from '../support/hadrill.ts';
import { drillFile, expectNothingLeft, removeLabs, waitNothingLeft } from '../support/labs.ts';

const TIMEOUT_MS = 300_000;
const GONE_TIMEOUT_MS = 60_000;

/** The labs that a run has noted before it built them. */
const labsOf = async (results: RunResults) =>
  (await results.events()).flatMap(({ event, lab }) =>
    event === 'start' || event === 'lab' ? (lab ?? []) : [],
  );

/** A run in two labs, which is in the middle of a trial in each. */
async function bothBroken() {
  const results = await RunResults.create();
  const args = ['run', drillFile('long-steady'), '--trials', '4', '--jobs', '2', '--out', results.out];
  const command = startHadrill(args, { timeout_ms: TIMEOUT_MS });
  await command.said(/trial 2 of 4/, TIMEOUT_MS);
  const labs = await labsOf(results);
  expect(labs).toHaveLength(2);
  return { command, labs };
}

test('trials of two labs are one run, with the faults that the seed gives each; the command ends', async () => {
  const what = ['run', 'l3/nemesis', '--trials', '4', '--seed', '11'];
  const plan = JSON.parse((await hadrill([...what, '--dry-run', '--json'])).stdout);
  const results = await RunResults.create();
  const done = await hadrill([...what, '--jobs', '2', '--json', '--out', results.out], {
    timeout_ms: TIMEOUT_MS,
  });
  const labs = await labsOf(results);
  for (const lab of labs) await expectNothingLeft(lab);
  // Two labs may be too much for this machine; wrong they are not.
  expect([0, 4], done.stderr).toContain(done.code);
  const { trials, command } = JSON.parse(done.stdout) as Journal;
  expect(command?.jobs).toBe(2);
  expect(trials.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
  for (const [at, { faults }] of trials.entries())
    if (faults.length > 0)
      expect(faults.map(({ kind, target }) => [kind, target])).toEqual(
        plan.trial_faults[at].map(({ kind, target }: { kind: string; target: string }) => [kind, target]),
      );
  const intents = (await results.events()).filter(({ event }) => event === 'apply');
  expect(new Set(intents.map(({ lab }) => lab))).toEqual(new Set(labs));
});

test('Ctrl-C heals and removes both labs', async () => {
  const { command, labs } = await bothBroken();
  command.signal('SIGINT');
  const { code, stderr } = await command.ended;
  expect(code, stderr).toBe(130);
  for (const lab of labs) await expectNothingLeft(lab);
});

test('SIGKILL leaves nothing of either lab', async () => {
  const { command, labs } = await bothBroken();
  command.signal('SIGKILL');
  await command.ended;
  try {
    for (const lab of labs) await waitNothingLeft(lab, GONE_TIMEOUT_MS);
  } finally {
    for (const lab of labs) await removeLabs(lab);
  }
});

test.each([
  [['--jobs', '0'], /--jobs must be at least 1/],
  [['--jobs', '2', '--keep'], /--keep leaves one lab up/],
])('%j is refused', async (args, says) => {
  const { code, stderr } = await hadrill(['run', 'l3/node-crash', ...args]);
  expect(code).toBe(2);
  expect(stderr).toMatch(says);
});
