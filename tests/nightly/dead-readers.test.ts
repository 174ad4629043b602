import { glob } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Journal } from '../../harness/journal/journal.ts';
import { readJournal } from '../../harness/journal/read-journal.ts';
import { RunResults } from '../support/folder.ts';
import { drillFile, expectNothingLeft } from '../support/labs.ts';
import { inShell, onClosedTerminal, quoted } from '../support/shell.ts';

const CODES = { pass: 0, fail: 1, unknown: 4 };
const TIMEOUT_MS = 300_000;

async function journalsIn({ out }: RunResults): Promise<Journal[]> {
  const files: string[] = [];
  for await (const file of glob(path.join(out, '*/*/journal.json'))) files.push(file);
  return Promise.all(files.sort().map(readJournal));
}

test('nobody reads the result: every drill is run, and the failure of one is the exit code', async () => {
  const results = await RunResults.create();
  const drills = ['breached', 'quick-crash'].map(drillFile).map(quoted).join(' ');
  const script = `hadrill run ${drills} --seed 1 --json --out ${quoted(results.out)} | true`;
  const done = await inShell(script, { timeout_ms: TIMEOUT_MS });
  const journals = await journalsIn(results);
  expect(
    journals.map(({ drill }) => path.basename(drill)),
    done.stderr,
  ).toEqual(['breached', 'quick-crash']);
  expect(journals[0]!.verdict).not.toBe('pass');
  expect(done.code, done.stderr).toBe(CODES[journals[0]!.verdict]);
});

test('nobody reads the messages: the run goes on', async () => {
  const results = await RunResults.create();
  const drill = quoted(drillFile('quick-crash'));
  const script = `hadrill run ${drill} --seed 1 --out ${quoted(results.out)} 2>&1 | head -1`;
  const done = await inShell(script, { timeout_ms: TIMEOUT_MS });
  const [journal] = await journalsIn(results);
  expect(journal!.trials).toHaveLength(1);
  expect(done.code).toBe(CODES[journal!.verdict]);
  await expectNothingLeft(await results.lab());
});

test('the terminal is closed while something is broken: the run goes on, and mends it', async () => {
  const results = await RunResults.create();
  const args = ['run', drillFile('quick-crash'), '--seed', '1', '--out', results.out];
  const broken = async () => void (await results.noted('apply', TIMEOUT_MS));
  const code = await onClosedTerminal(args, broken, { timeout_ms: TIMEOUT_MS });
  const [journal] = await journalsIn(results);
  expect(journal!.trials).toHaveLength(1);
  expect(code).toBe(CODES[journal!.verdict]);
  expect((await results.events()).map(({ event }) => event)).toContain('revert');
  await expectNothingLeft(await results.lab());
});
