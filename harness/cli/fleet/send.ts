import { readFile } from 'node:fs/promises';
import { Command as Program } from 'commander';
import { packFolder, unpackFolder } from '../../fleet/folder-archive.ts';
import { linesOf } from '../../fleet/frames.ts';
import { TASK_RESULTS } from '../../fleet/run-fleet.ts';
import { ExitCode } from '../../ground/errors.ts';
import type { Command, CommandContext } from '../context.ts';
import { drillCommand } from '../measuring-commands.ts';

/** A run with one of these has results: whatever the verdict, they are to be sent. */
const WITH_RESULTS: readonly number[] = [ExitCode.pass, ExitCode.fail, ExitCode.unknown];

/**
 * Makes a shard (`run …`) of a drill that may have come with an archive of its files, and writes its results as lines on standard output, where nothing else goes.
 * @returns 0 when they were written, else what the run ended with.
 */
export const fleetSend: Command<{ words: string[]; files?: string }> = async (context, { words, files }) => {
  if (files !== undefined) await unpackFolder(await readFile(files), '/');
  let code: number = ExitCode.pass;
  const aside: CommandContext = {
    ...context,
    out: async (text) => {
      context.error(text);
      return true;
    },
  };
  const program = new Program('hadrill').exitOverride();
  drillCommand(program, aside, (ended) => {
    code = ended;
  });
  await program.parseAsync(words, { from: 'user' });
  if (!WITH_RESULTS.includes(code)) return code;
  for (const line of linesOf(await packFolder(TASK_RESULTS))) await context.out(`${line}\n`);
  return ExitCode.pass;
};
