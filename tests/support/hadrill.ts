import path from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { withDeadline } from '../../harness/ground/wait.ts';

export const REPOSITORY = path.resolve(import.meta.dirname, '../..');
export const BIN = path.join(REPOSITORY, 'harness/cli/bin.js');
const TIMEOUT_MS = 120_000;

export interface RunSettings {
  env?: Record<string, string>;
  cwd?: string;
  /** 120 s unless told; then the command is killed and the test fails. */
  timeout_ms?: number;
}

export interface Ended {
  /** The exit code; undefined when a signal ended the command. */
  code: number | undefined;
  stdout: string;
  stderr: string;
}

/** Runs one hadrill command to its end. A command that fails is a result, not an error. */
export function hadrill(args: readonly string[], settings: RunSettings = {}): Promise<Ended> {
  return new HadrillProcess(args, settings).ended;
}

/** Starts a hadrill command. What is left of it at the end of the test is killed; its lab's fabric then goes too. */
export function startHadrill(args: readonly string[], settings: RunSettings = {}): HadrillProcess {
  const command = new HadrillProcess(args, settings);
  onTestFinished(() => command.kill());
  return command;
}

function spawnCommand(args: readonly string[], { cwd = REPOSITORY, env = {} }: RunSettings) {
  const options = { reject: false, stdin: 'ignore', stripFinalNewline: false, cwd, env } as const;
  return execa(process.execPath, [BIN, ...args], options);
}

/** A hadrill command that runs. */
export class HadrillProcess {
  readonly ended: Promise<Ended>;
  readonly #process: ReturnType<typeof spawnCommand>;
  #stderr = '';
  readonly #onStderr = new Set<() => void>();

  constructor(args: readonly string[], settings: RunSettings) {
    this.#process = spawnCommand(args, settings);
    this.#process.stderr.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
      for (const look of this.#onStderr) look();
    });
    const timeout_ms = settings.timeout_ms ?? TIMEOUT_MS;
    this.ended = this.#end(`hadrill ${args.join(' ')} to end`, timeout_ms);
    // A test that fails elsewhere first must not end in an unhandled rejection.
    this.ended.catch(() => undefined);
  }

  /** Everything said on stderr so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves as soon as stderr has matched. @throws DeadlineError; Error when the command ends first. */
  async said(pattern: RegExp, timeout_ms = TIMEOUT_MS): Promise<void> {
    let look = () => {};
    const matched = new Promise<void>((resolve) => {
      look = () => {
        if (pattern.test(this.#stderr)) resolve();
      };
      this.#onStderr.add(look);
      look();
    });
    const over = this.ended.then(({ code }) => {
      if (!pattern.test(this.#stderr)) {
        throw new Error(`ended with ${code} without saying ${pattern}; it said:\n${this.#stderr}`);
      }
    });
    try {
      await withDeadline(`${pattern} on stderr`, timeout_ms, Promise.race([matched, over]));
    } finally {
      this.#onStderr.delete(look);
    }
  }

  /** Its process id. */
  get pid(): number {
    return this.#process.pid!;
  }

  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(name);
  }

  /** Ends it at once, if it has not ended; waits until it has. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#process;
  }

  async #end(what: string, timeout_ms: number): Promise<Ended> {
    try {
      const done = await withDeadline(what, timeout_ms, this.#process);
      return { code: done.exitCode, stdout: String(done.stdout), stderr: String(done.stderr) };
    } catch (error) {
      this.#process.kill('SIGKILL');
      throw new Error(`${String(error)}\nit said:\n${this.#stderr}`, { cause: error });
    }
  }
}
