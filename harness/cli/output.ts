import { fstatSync, writeSync } from 'node:fs';
import { stderr, stdout } from 'node:process';
import { EnvironmentError, messageOf } from '../ground/errors.ts';

const STDOUT = 1;

/**
 * Where a command's result and its messages go. A reader who stops does not change what the command does: what is
 * written to a pipe without a reader, or to a terminal that is closed, is dropped. A result that a file has no room for
 * is remembered: half a result must not look like a whole one.
 */
export class Output {
  readonly #pending = new Set<Promise<boolean>>();
  #failure: Error | undefined;

  constructor() {
    // Each failed write is also reported to its own callback.
    for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
  }

  /**
   * Data for another program, or for the reader of a report.
   * @returns whether it was taken, when that is known.
   */
  result(text: string | Uint8Array): Promise<boolean> {
    if (goesToFile()) return Promise.resolve(this.#writeFile(text));
    const written = new Promise<boolean>((resolve) => {
      stdout.write(text, (error) => resolve(!error));
    });
    this.#pending.add(written);
    written.finally(() => this.#pending.delete(written));
    return written;
  }

  /** A message to a person, as it is. */
  message(text: string | Uint8Array): void {
    stderr.write(text);
  }

  /**
   * Waits until the reader has taken everything, or is gone.
   * @throws EnvironmentError when the result could not be written whole.
   */
  async flushed(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
    if (this.#failure === undefined) return;
    throw new EnvironmentError(
      `the result could not be written to standard output: ${messageOf(this.#failure)}`,
      {
        remedy: 'free room there, or write it elsewhere; `hadrill report` prints the report of a run again',
      },
    );
  }

  /** Node's own stream takes a write that a full disk cut short for a whole one. */
  #writeFile(text: string | Uint8Array): boolean {
    let rest = Buffer.from(text);
    try {
      while (this.#failure === undefined && rest.length > 0) rest = rest.subarray(writeSync(STDOUT, rest));
    } catch (error) {
      if (!isClosedTerminal(error as NodeJS.ErrnoException)) this.#failure = error as Error;
      return false;
    }
    return this.#failure === undefined;
  }
}

/** One that was closed before this process looked at it does not look like a terminal any more. */
function isClosedTerminal({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EIO' && fstatSync(STDOUT).isCharacterDevice();
}

function goesToFile(): boolean {
  if (stdout.isTTY) return false;
  const kind = fstatSync(STDOUT);
  return kind.isFile() || kind.isCharacterDevice();
}
