import { connectEngine } from '../engine/connect.ts';
import { findLab } from '../lab/find-lab.ts';
import type { Command } from './context.ts';

/** Runs a command in a node; ends with the command's own exit code. */
export const exec: Command<{ lab: string; node: string; cmd: string[] }> = async (context, options) => {
  const lab = await findLab(await connectEngine(), options.lab);
  try {
    const done = await lab.exec(options.node, options.cmd[0] === '--' ? options.cmd.slice(1) : options.cmd);
    context.out(done.stdout);
    context.error(done.stderr);
    return done.exit_code;
  } finally {
    lab.disconnect();
  }
};
