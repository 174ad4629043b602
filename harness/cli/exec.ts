import { connectEngine } from '../engine/connect.ts';
import { InterruptedError } from '../ground/errors.ts';
import { sleep } from '../ground/wait.ts';
import { findLab } from '../lab/find-lab.ts';
import { type Ending, NodeCommand } from '../lab/node-command.ts';
import type { Command, CommandContext } from './context.ts';
import { exitCodeOf } from './signals.ts';

/** A command that goes on writing for so long after its reader has gone gets what a shell would have given it at once. */
const READER_GONE_MS = 1000;
const LINGER_MS = 1000;

/** Runs a command in a node; ends with the command's own exit code, or as a shell does when it was interrupted. */
export const exec: Command<{ lab: string; node: string; cmd: string[] }> = async (context, options) => {
  const lab = await findLab(await connectEngine(), options.lab);
  try {
    const argv = options.cmd[0] === '--' ? options.cmd.slice(1) : options.cmd;
    lab.node(options.node);
    const stop = context.interruptible({
      first: `ending the command in '${options.node}'`,
      second: 'still waiting for the command to end; once more to leave it running',
      on_hangup: true,
    });
    stop.throwIfAborted();
    const unread = new Unread(context);
    const command = await NodeCommand.start(lab, options.node, argv, {
      stdout: (piece) => unread.pass(piece),
      stderr: async (piece) => context.error(piece),
    });
    const asked = new Promise<InterruptedError>((resolve) => {
      stop.addEventListener('abort', () => resolve(stop.reason as InterruptedError));
      if (stop.aborted) resolve(stop.reason as InterruptedError);
    });
    const first = await Promise.race([command.ended, asked, unread.forTooLong]);
    if (typeof first === 'number') return first;
    const signal = first instanceof InterruptedError ? first.by : 'SIGPIPE';
    const ending = await command.end(signal);
    // A daemon that it has left behind may hold its output open.
    const code = await Promise.race([command.ended, sleep(LINGER_MS)]);
    if (ending.how === 'by itself' && code !== undefined) return code;
    context.say(`the command in '${options.node}' ${describe(ending, signal)}`);
    return exitCodeOf(signal);
  } finally {
    lab.disconnect();
  }
};

function describe(ending: Ending, signal: string): string {
  return ending.how === 'killed'
    ? `was killed: it had not ended ${ending.after_ms / 1000} s after ${signal}`
    : `has ended, after ${signal}`;
}

/** Notices a command that goes on writing what is not read. */
class Unread {
  readonly forTooLong: Promise<'unread'>;
  readonly #context: CommandContext;
  #tell: (word: 'unread') => void = () => undefined;
  #since_ms: number | undefined;

  constructor(context: CommandContext) {
    this.#context = context;
    this.forTooLong = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  async pass(piece: Buffer): Promise<void> {
    if (await this.#context.out(piece)) return;
    this.#since_ms ??= performance.now();
    if (performance.now() - this.#since_ms > READER_GONE_MS) this.#tell('unread');
  }
}
