import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { freshFolder } from './folder.ts';
import { REPOSITORY } from './hadrill.ts';
import { quoted } from './shell.ts';

/**
 * Runs a command on a terminal of its own (script(1)).
 * @returns its exit code, and everything that was written to the terminal, as bytes of UTF-8 in a string.
 */
export async function onTerminal(
  words: readonly string[],
  {
    columns = 80,
    rows = 24,
    env = {},
    cwd = REPOSITORY,
    timeout_ms = 120_000,
  }: {
    columns?: number;
    rows?: number;
    env?: Record<string, string>;
    cwd?: string;
    timeout_ms?: number;
  } = {},
): Promise<{ code: number | undefined; written: string }> {
  const file = path.join(await freshFolder(), 'written');
  const command = `stty cols ${columns} rows ${rows} -onlcr; exec ${words.map(quoted).join(' ')}`;
  const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, ...inherited } = process.env;
  const done = await execa('script', ['-qefc', command, file], {
    reject: false,
    stdin: 'ignore',
    cwd,
    extendEnv: false,
    env: { ...inherited, TERM: 'xterm-256color', ...env },
    timeout: timeout_ms,
  });
  // The first and the last line are script's own.
  const written = (await readFile(file, 'utf8'))
    .replace(/^Script started.*\n/, '')
    .replace(/\nScript done[^\n]*\n$/, '');
  return { code: done.exitCode, written };
}
