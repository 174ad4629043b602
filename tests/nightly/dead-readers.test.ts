import { glob } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sleep } from '../../harness/ground/wait.ts';
import type { Journal } from '../../harness/journal/journal.ts';
import { readJournal } from '../../harness/journal/read-journal.ts';
import { RunResults } from '../support/folder.ts';
import { drillFile, expectNothingLeft, freshLab, labContainers, topologyFile } from '../support/labs.ts';
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

test('the terminal is closed while something is broken: the run goes on, and heals it', async () => {
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

describe('commands about a lab, without a reader', () => {
  const WAYS = ['| true', '2>&1 | head -1', '>&- 2>&-'];

  test.each(WAYS)('up, ps, exec, fault and down do what was asked: %s', async (way) => {
    const lab = freshLab('unread');
    const run = async (command: string, code: number) => {
      const done = await inShell(`hadrill ${command} ${way}`);
      expect(done.code, `${command} ${way}: ${done.stderr}`).toBe(code);
      expect(done.stderr).not.toMatch(/EPIPE|unforeseen/);
    };
    await run(`up ${quoted(topologyFile('small'))} --name ${lab}`, 0);
    expect(await labContainers(lab)).toHaveLength(4);
    await run(`up ${quoted(topologyFile('small'))} --name ${lab}`, 2);
    await run('ps', 0);
    await run(`exec ${lab} a -- sh -c 'echo one; echo two; exit 7'`, 7);
    await run(`fault ${lab} cut a:eth1 --for 200ms`, 0);
    await run(`fault ${lab} cut nobody:eth1 --for 200ms`, 2);
    await run(`exec ${lab} a -- ping -c 1 198.18.1.2`, 0);
    await run(`down ${lab}`, 0);
    await expectNothingLeft(lab);
    await run(`down ${lab}`, 2);
  });

  test('a result that has no room: the lab is up, and the command says that it could not say so', async () => {
    const lab = freshLab('no-room');
    const done = await inShell(`hadrill up ${quoted(topologyFile('small'))} --name ${lab} >/dev/full`);
    expect(done).toMatchObject({ code: 3, stderr: expect.stringMatching(/could not be written.*ENOSPC/) });
    expect(await labContainers(lab)).toHaveLength(4);
    expect((await inShell('hadrill ps >/dev/full')).code).toBe(3);
    // Its result is what it did, and its words are messages.
    expect((await inShell(`hadrill down ${lab} >/dev/full`)).code).toBe(0);
  });

  test('up and fault on a terminal that is closed', async () => {
    const lab = freshLab('hung-up');
    expect(await onClosedTerminal(['up', topologyFile('small'), '--name', lab])).toBe(0);
    expect(await labContainers(lab)).toHaveLength(4);
    // Without its terminal nobody could say when to heal: it heals early, and says so by its code.
    const broken = async () => void (await sleep(2000));
    expect(await onClosedTerminal(['fault', lab, 'cut', 'a:eth1', '--for', '30s'], broken)).toBe(130);
    expect((await inShell(`hadrill exec ${lab} a -- ping -c 1 198.18.1.2`)).code).toBe(0);
  });

  test.each(WAYS)('calibrate: %s', async (way) => {
    const done = await inShell(`hadrill calibrate --cuts 1 --null 1s --seed 1 ${way}`);
    expect([0, 4], done.stderr).toContain(done.code);
  });
});
