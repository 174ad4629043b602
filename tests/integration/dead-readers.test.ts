import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Journal } from '../../harness/journal/journal.ts';
import { freshFolder } from '../support/folder.ts';
import { REPOSITORY } from '../support/hadrill.ts';
import { inShell, onClosedTerminal, quoted } from '../support/shell.ts';

const FIXTURE = path.join(REPOSITORY, 'tests/fixtures/run');
const RUN = quoted(FIXTURE);
const NO_ENGINE = { DOCKER_HOST: 'unix:///nonexistent/engine.sock' };

/** Commands that need no lab and no engine, each with its exit code whoever reads its output. */
const COMMANDS = [
  { command: 'doctor', code: 3 },
  { command: 'list', code: 0 },
  { command: `report ${RUN}`, code: 0 },
  { command: 'report /no/such/folder', code: 2 },
  { command: 'run l3/node-crash --dry-run', code: 0 },
  { command: 'run /no/such.drill.yml', code: 2 },
  { command: 'exec nowhere node -- true', code: 3 },
  { command: 'fault nowhere crash node', code: 3 },
  { command: 'logs nowhere node', code: 3 },
  { command: 'up tests/fixtures/topologies/small.clab.yml', code: 3 },
  { command: 'up /no/such.clab.yml', code: 2 },
  { command: 'down nowhere', code: 3 },
  { command: 'down', code: 2 },
  { command: 'ps', code: 3 },
  { command: 'gc', code: 3 },
  { command: 'calibrate --cuts 1', code: 3 },
  { command: 'help', code: 0 },
  { command: 'frobnicate', code: 2 },
];

const WAYS = ['| true', '| head -1', '2>&1 | head -1', '>&-', '2>&-', '>&- 2>&-', '2>/dev/full'];

describe('nobody reads the output: the exit code is what it would be', () => {
  async function expectCode(command: string, way: string, code: number): Promise<void> {
    const done = await inShell(`hadrill ${command} ${way}`, { env: NO_ENGINE });
    expect(done.code, `${way}: ${done.stderr}`).toBe(code);
    expect(done.stderr, way).not.toMatch(/EPIPE|unforeseen/);
  }

  test.each(COMMANDS)('$command 2>&1 | true', ({ command, code }) =>
    expectCode(command, '2>&1 | true', code),
  );
  test.each(WAYS)('doctor %s', (way) => expectCode('doctor', way, 3));

  test.each([
    { words: ['doctor'], code: 3 },
    { words: ['report', FIXTURE], code: 0 },
    { words: ['run', '/no/such.drill.yml'], code: 2 },
  ])('$words on a terminal that is closed', async ({ words, code }) => {
    expect(await onClosedTerminal(words, undefined, { env: NO_ENGINE })).toBe(code);
  });
});

describe('a result that cannot be written', () => {
  const NO_ROOM = /^hadrill: the result could not be written to standard output: (ENOSPC|EFBIG)/m;

  test.each([`report ${RUN}`, 'run l3/node-crash --dry-run'])('%s >/dev/full', async (command) => {
    const done = await inShell(`hadrill ${command} >/dev/full`, { env: NO_ENGINE });
    expect(done).toMatchObject({ code: 3, stderr: expect.stringMatching(NO_ROOM) });
    expect(done.stderr).toMatch(/^what to do: /m);
  });

  test.each(['doctor', 'report /no/such/folder'])(
    '%s >/dev/full: its own failure comes first',
    async (command) => {
      const { code } = COMMANDS.find((one) => one.command === command)!;
      expect(await inShell(`hadrill ${command} >/dev/full`, { env: NO_ENGINE })).toMatchObject({ code });
    },
  );

  test('half of a result is not a result', async () => {
    const file = path.join(await freshFolder(), 'report.json');
    const done = await inShell(`ulimit -f 8; hadrill report ${RUN} --format json >${quoted(file)}`);
    expect(done).toMatchObject({ code: 3, stderr: expect.stringMatching(NO_ROOM) });
    expect((await stat(file)).size, 'something was written').toBeGreaterThan(0);
  });
});

test('a large result is whole, however slowly it is read', async () => {
  const folder = await freshFolder();
  const journal = JSON.parse(await readFile(path.join(FIXTURE, 'journal.json'), 'utf8')) as Journal;
  journal.trials[0]!.reason = 'why '.repeat(1_000_000);
  await writeFile(path.join(folder, 'journal.json'), JSON.stringify(journal));
  const done = await inShell(`hadrill report ${quoted(folder)} --format json | (sleep 2; cat)`);
  expect(done.code).toBe(0);
  expect(JSON.parse(done.stdout)).toEqual(journal);
});
