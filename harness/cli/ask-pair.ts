import { stderr, stdin } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { InterruptedError } from '../ground/errors.ts';
import type { AskedFile } from '../systems/initialiser.ts';
import { initialisers } from '../systems/initialisers.ts';

/** Whether somebody can answer. */
export function canAsk(): boolean {
  return Boolean(stdin.isTTY && stderr.isTTY);
}

/**
 * Asks for the files of a pair.
 * @returns them by option, as on the command line.
 * @throws InterruptedError when the input ends, or at Ctrl-C.
 */
export async function askPair(): Promise<Map<string, string[]>> {
  const lines = createInterface({ input: stdin, output: stderr });
  const over = new AbortController();
  lines.once('close', () => over.abort());
  const ask = async (question: string) => {
    try {
      return (await lines.question(question, { signal: over.signal })).trim();
    } catch {
      throw new InterruptedError('interrupted: nothing was written');
    }
  };
  try {
    stderr.write('Which pair is it?\n');
    for (const [at, { pair }] of initialisers.entries()) stderr.write(`  ${at + 1}  ${pair}\n`);
    let kind = initialisers[Number(await ask('> ')) - 1];
    while (!kind) kind = initialisers[Number(await ask(`1 to ${initialisers.length} > `)) - 1];
    const files = new Map<string, string[]>();
    for (const file of kind.files) files.set(file.option, await valuesOf(file, ask));
    return files;
  } finally {
    lines.close();
  }
}

async function valuesOf(
  { what, shared }: AskedFile,
  ask: (question: string) => Promise<string>,
): Promise<string[]> {
  if (shared) return [await ask(`${what}, path: `)];
  const values: string[] = [];
  for (const which of ['first', 'second']) {
    const node = await ask(`name of the ${which} node: `);
    values.push(`${node}=${await ask(`${what} '${node}', path: `)}`);
  }
  return values;
}
