import { ExitCode, InterruptedError } from '../ground/errors.ts';

/** What every command gets: where it may write, and when it must stop. */
export interface CommandContext {
  /** Data: what another program reads. */
  out(text: string): void;
  /** What is being done now; on a terminal the next line takes its place. */
  progress(line: string): void;
  /** A message that stays. */
  say(line: string): void;
  /**
   * Aborted by Ctrl-C or SIGTERM, with an InterruptedError. Until a command has asked for it, there is nothing to heal:
   * the first signal ends the process at once.
   */
  readonly signal: AbortSignal;
}

/** The exit code that a command ends with. */
export type Command<Options> = (context: CommandContext, options: Options) => Promise<number>;

/**
 * What answers SIGINT, SIGTERM and SIGHUP. Before anybody has asked for the signal, the first one ends the process.
 * Later it aborts, so that what is broken can be healed; a second one says that this takes its time, and a third ends
 * the process: the lab's own reaper then removes the lab.
 * @returns asks for the signal.
 */
export function interruptible(progress: (line: string) => void): () => AbortSignal {
  const controller = new AbortController();
  let armed = false;
  let asked = 0;
  const stop = () => {
    if (!armed) process.exit(ExitCode.interrupted);
    asked += 1;
    if (asked === 1) {
      progress('stopping: healing what is broken and removing the lab');
      controller.abort(new InterruptedError());
    } else if (asked === 2) {
      progress('still healing; once more to leave that to the reaper');
    } else {
      process.exit(130);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  return () => {
    armed = true;
    return controller.signal;
  };
}
