import { connectEngine } from '../engine/connect.ts';
import { containerLogLines } from '../engine/container-log.ts';
import { cleanText } from '../ground/clean-text.ts';
import { ExitCode } from '../ground/errors.ts';
import { findLab } from '../lab/find-lab.ts';
import type { Command } from './context.ts';

interface LogsOptions {
  lab: string;
  node: string;
  tail?: number;
  follow?: boolean;
  timestamps?: boolean;
}

/** What the daemons of a node have logged, line by line; a node's image may write anything, so every line is cleaned. */
export const logs: Command<LogsOptions> = async (context, { lab: name, node, ...options }) => {
  const lab = await findLab(await connectEngine(), name);
  try {
    const container = lab.engine.docker.getContainer(lab.node(node).container_id);
    for await (const line of containerLogLines(container, options)) {
      if (!(await context.out(`${cleanText(line)}\n`))) break;
    }
    return ExitCode.pass;
  } finally {
    lab.disconnect();
  }
};
