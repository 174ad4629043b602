import { constants } from 'node:os';
import { ExitCode, InterruptedError } from '../ground/errors.ts';

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type StopSignal = (typeof STOPPING)[number];

/** What a command does when it is asked to stop. */
export interface Stopping {
  /** Said at the first signal: what is done before the command ends. */
  first: string;
  /** Said at the second: what a third one leaves undone. */
  second: string;
  /** Whether a closed terminal (SIGHUP) asks to stop as well. A command that ends by itself goes on without one. */
  on_hangup?: boolean;
}

/**
 * What answers SIGINT, SIGTERM and SIGHUP. Before the command has something to put in order, the first one ends the
 * process. Later it aborts, so that what is broken can be healed; a second one says that this takes its time, and a
 * third ends the process: the lab's own reaper then removes the lab. A closed terminal stops only the commands that ask
 * for it. After the command's end, when only its output is waited for, a signal ends the process with its exit code.
 */
export class Signals {
  readonly #controller = new AbortController();
  readonly #progress: (line: string) => void;
  #stopping: Stopping | undefined;
  #asked = 0;
  #hung_up = false;
  #code: number | undefined;

  constructor(progress: (line: string) => void) {
    this.#progress = progress;
    for (const name of STOPPING) process.on(name, () => this.#take(name));
  }

  /** From now on there is something to put in order. @returns aborted by a signal, with an InterruptedError. */
  arm(stopping: Stopping): AbortSignal {
    this.#stopping = stopping;
    if (this.#hung_up && stopping.on_hangup) this.#take('SIGHUP');
    return this.#controller.signal;
  }

  /** The command has ended; only its output may still be on its way. */
  ended(code: number): void {
    this.#code = code;
  }

  #take(name: StopSignal): void {
    if (name === 'SIGHUP' && !this.#stopping?.on_hangup) {
      this.#hung_up = true;
      this.#progress('the terminal is closed: going on without it');
      return;
    }
    if (this.#code !== undefined) process.exit(this.#code === ExitCode.pass ? exitCodeOf(name) : this.#code);
    if (this.#stopping === undefined) process.exit(ExitCode.interrupted);
    this.#asked += 1;
    if (this.#asked > 2) process.exit(ExitCode.interrupted);
    this.#progress(this.#asked === 1 ? this.#stopping.first : this.#stopping.second);
    if (this.#asked === 1) this.#controller.abort(new InterruptedError('interrupted', name));
  }
}

/** What a shell says of a process that a signal ended: 128 and its number. */
export function exitCodeOf(signal: StopSignal | 'SIGPIPE'): number {
  return 128 + constants.signals[signal];
}
