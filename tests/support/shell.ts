import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { waitUntil } from '../../harness/ground/wait.ts';
import { freshFolder } from './folder.ts';
import { BIN, type Ended, REPOSITORY } from './hadrill.ts';

const TIMEOUT_MS = 120_000;

export interface ShellSettings {
  env?: Record<string, string>;
  timeout_ms?: number;
}

/** Runs a bash script in which `hadrill` is the command under test, with `pipefail`. */
export async function inShell(script: string, settings: ShellSettings = {}): Promise<Ended> {
  const { env = {}, timeout_ms = TIMEOUT_MS } = settings;
  const done = await execa('bash', ['-c', `set -o pipefail\n${FUNCTION}\n${script}`], {
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
    cwd: REPOSITORY,
    env,
    timeout: timeout_ms,
  });
  return { code: done.exitCode, stdout: done.stdout, stderr: done.stderr };
}

const FUNCTION = `hadrill() { ${quoted(process.execPath)} ${quoted(BIN)} "$@"; }`;

/** One word for a shell. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * Runs a hadrill command on a terminal of its own, and closes that when `until` resolves: the command gets SIGHUP, and
 * nothing can be written any more.
 * @returns the exit code of the command.
 */
export async function onClosedTerminal(
  args: readonly string[],
  until: () => Promise<void> = async () => undefined,
  { env = {}, timeout_ms = TIMEOUT_MS }: ShellSettings = {},
): Promise<number> {
  const folder = await freshFolder();
  const [pid, code] = ['pid', 'code'].map((name) => path.join(folder, name)) as [string, string];
  const command = [process.execPath, BIN, ...args].map(quoted).join(' ');
  // The shell lives on to see the exit code; what it starts has a terminal for its output.
  const script = `trap '' HUP; ${command} & echo $! >${quoted(pid)}.new; mv ${quoted(pid)}.new ${quoted(pid)}; wait $!; echo $? >${quoted(code)}`;
  const terminal = execa('script', ['-qec', `stty cols 120; ${script}`, '/dev/null'], {
    reject: false,
    stdin: 'ignore',
    cwd: REPOSITORY,
    env,
  });
  const read = (file: string) => readFile(file, 'utf8').catch(() => '');
  const started = await waitUntil({
    what: 'the command on the terminal to start',
    timeout_ms: 10_000,
    check: async () => (await read(pid)).trim() || undefined,
  });
  await waitUntil({
    what: 'the command to have a word on SIGHUP',
    timeout_ms: 30_000,
    interval_ms: 2,
    check: async () => handlesHangup(await read(`/proc/${started}/status`)) || (await read(code)) !== '',
  });
  await until();
  terminal.kill('SIGKILL');
  hangUp(Number(started));
  const ended = await waitUntil({
    what: 'the command to end without its terminal',
    timeout_ms,
    check: async () => (await read(code)).trim() || undefined,
  });
  return Number(ended);
}

/** By the mask of caught signals in proc(5). */
function handlesHangup(status: string): boolean {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return mask !== undefined && (BigInt(`0x${mask}`) & 1n) === 1n;
}

function hangUp(pid: number): void {
  try {
    process.kill(pid, 'SIGHUP');
  } catch (error) {
    // It may have ended already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
