import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import { hadrill, startHadrill } from '../support/hadrill.ts';
import { freshName, removeLabs, topologyFile } from '../support/labs.ts';
import { inShell, onClosedTerminal } from '../support/shell.ts';

const lab = freshName('exec');
const exec = (...command: string[]) => ['exec', lab, 'a', '--', ...command];
let marks = 600_000;

/** What no other command has among its words; for `sleep` a week. */
function freshMark(): string {
  marks += 1;
  return String(marks);
}

beforeAll(async () => {
  const done = await hadrill(['up', topologyFile('small'), '--name', lab]);
  expect(done, done.stderr).toMatchObject({ code: 0 });
});

afterAll(() => removeLabs(lab));

/** The command lines in the node that have the word. */
async function running(word: string): Promise<string[]> {
  const script = String.raw`for p in /proc/[0-9]*; do tr '\0' ' ' <$p/cmdline; echo; done 2>/dev/null`;
  const { stdout } = await hadrill(exec('sh', '-c', script));
  return stdout.split('\n').filter((line) => line.includes(word));
}

async function untilRuns(word: string): Promise<void> {
  await waitUntil({
    what: 'the command to run in the node',
    timeout_ms: 20_000,
    check: async () => (await running(word)).length > 0,
  });
}

describe('a command that is asked to end is ended in the node, and all that it has started', () => {
  test.each([
    { signal: 'SIGINT' as const, code: 130 },
    { signal: 'SIGTERM' as const, code: 143 },
  ])('$signal', async ({ signal, code }) => {
    const word = freshMark();
    const command = startHadrill(
      exec('sh', '-c', `echo begun >&2; sleep ${word} | sleep ${word}; echo over`),
    );
    await command.said(/^begun$/m);
    await untilRuns(`sleep ${word}`);
    command.signal(signal);
    const done = await command.ended;
    expect(done, done.stderr).toMatchObject({ code, stdout: '' });
    expect(done.stderr).toMatch(/^ending the command in 'a'$/m);
    expect(done.stderr).toContain(`the command in 'a' has ended, after ${signal}`);
    expect(done.stderr).not.toMatch(/heal|removing the lab/);
    expect(await running(word)).toEqual([]);
  });

  test('one that does not heed it is killed', async () => {
    const word = freshMark();
    const script = `trap '' INT; echo begun >&2; while :; do sleep ${word}; done`;
    const command = startHadrill(exec('sh', '-c', script));
    await command.said(/^begun$/m);
    await untilRuns(`sleep ${word}`);
    command.signal('SIGINT');
    const done = await command.ended;
    expect(done.code, done.stderr).toBe(130);
    expect(done.stderr).toContain("the command in 'a' was killed: it had not ended 5 s after SIGINT");
    expect(await running(word)).toEqual([]);
  });

  test('a closed terminal', async () => {
    const word = freshMark();
    const code = await onClosedTerminal(exec('sleep', word), () => untilRuns(`sleep ${word}`));
    expect(code).toBe(129);
    expect(await running(word)).toEqual([]);
  });
});

describe('the reader of its output', () => {
  test('is gone: what goes on writing is ended', async () => {
    const word = freshMark();
    const done = await inShell(`hadrill ${exec('yes', word).join(' ')} | head -1`);
    expect(done, done.stderr).toMatchObject({ code: 141, stdout: `${word}\n` });
    expect(await running(word)).toEqual([]);
  });

  test('is gone: what ends by itself has its own exit code', async () => {
    const done = await inShell(
      `hadrill ${exec('sh', '-c').join(' ')} 'echo one; sleep 1; echo two; exit 3' | true`,
    );
    expect(done.code, done.stderr).toBe(3);
  });

  test('is slow: the output is whole', async () => {
    const done = await inShell(`hadrill ${exec('seq', '1', '2000000').join(' ')} | (sleep 3; md5sum)`);
    const expected = await inShell('seq 1 2000000 | md5sum');
    expect(done, done.stderr).toMatchObject({ code: 0, stdout: expected.stdout });
  });
});
