import type { Draw } from './progress.ts';
import type { Stopping } from './signals.ts';

/** What every command gets: where it may write, and when it must stop. */
export interface CommandContext {
  /** Data: what another program reads. @returns whether somebody took it, when that is known. */
  out(text: string | Uint8Array): Promise<boolean>;
  /** The same for what a command in a node wrote on its standard error: as it is. */
  error(text: string | Uint8Array): void;
  /** What is being done now; on a terminal the next line takes its place. */
  progress(line: string): void;
  /**
   * A live view in place of the last progress line, until it is given another one or none.
   * @returns whether anybody sees it: only on a terminal.
   */
  live(draw: Draw | undefined): boolean;
  /** A message that stays. */
  say(line: string): void;
  /**
   * Asks for what Ctrl-C and SIGTERM abort, with an InterruptedError. Until a command has asked for it, there is nothing
   * to heal: the first signal ends the process at once.
   */
  interruptible(stopping?: Stopping): AbortSignal;
}

/** The exit code that a command ends with. */
export type Command<Options> = (context: CommandContext, options: Options) => Promise<number>;

/** What a command calls with its exit code. */
export type Ended = (code: number) => void;
