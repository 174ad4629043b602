import { EnvironmentError } from '../ground/errors.ts';
import type { Lab } from './lab.ts';

/** The agent's words for a file that is there, and is not read because of its size. */
const TOO_LARGE = /: it is larger than \d+ MiB/;

/**
 * A file as a process of a node has it.
 * @returns undefined where there is none, or it may not be read.
 * @throws EnvironmentError that names it, when it is larger than 8 MiB: it must not be taken for none.
 */
export function readNodeFile(lab: Lab, pid: number, path: string): Promise<string | undefined> {
  return unlessAbsent(lab.agent.call('read_node_file', { pid, path }));
}

/** What was read of a file that only grows, and the byte from which to read on. */
export interface NodeLines {
  text: string;
  offset: number;
}

/**
 * All whole lines of a file that only grows, of whatever size, from a byte on.
 * @param offset where the last reading ended; a file that is shorter than that was begun anew, and is read from its start.
 * @returns undefined where there is none, or it may not be read.
 * @throws EnvironmentError that names it, when one of its lines is larger than 1 MiB.
 */
export async function readNodeLines(
  lab: Lab,
  pid: number,
  path: string,
  offset: number,
): Promise<NodeLines | undefined> {
  const texts: string[] = [];
  for (let from = offset; ; ) {
    const next = await unlessAbsent(lab.agent.call('read_node_lines', { pid, path, offset: from }));
    if (!next) return undefined;
    texts.push(next.text);
    if (next.text === '') return { text: texts.join(''), offset: next.offset };
    from = next.offset;
  }
}

async function unlessAbsent<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof EnvironmentError && !TOO_LARGE.test(error.message)) return undefined;
    throw error;
  }
}
