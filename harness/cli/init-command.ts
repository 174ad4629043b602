import type { Command } from 'commander';
import type { CommandContext, Ended } from './context.ts';
import { oneMore } from './option-values.ts';

/**
 * `hadrill init`. Its options are those of the kinds of pairs, which are not loaded for other commands.
 * @param argv the command line.
 */
export async function initCommand(
  program: Command,
  context: CommandContext,
  ended: Ended,
  argv: readonly string[],
): Promise<void> {
  const command = program
    .command('init')
    .description('a topology, a drill, its control and a test around the files of a pair');
  if (!argv.includes('init')) return;
  const { initialisers } = await import('../systems/initialisers.ts');
  for (const { option, what, shared } of initialisers.flatMap(({ files }) => files))
    command.option(
      shared ? `--${option} <[node=]file>` : `--${option} <node=file>`,
      shared ? `${what}; of all nodes, or NODE=FILE for each` : `${what}; give it twice`,
      oneMore,
      [],
    );
  command
    .option('--from-docker <container...>', 'running containers, in place of files')
    .option(
      '--address <node:interface=address>',
      'the own address of a node, such as r1:eth0=192.0.2.2/24; default: a free one',
      oneMore,
      [],
    )
    .option('--name <name>', 'the name of the lab', 'pair')
    .option('--out <dir>', 'the folder to write to', 'drills')
    .action(async (options) => ended(await (await import('./init.ts')).init(context, options)));
}
