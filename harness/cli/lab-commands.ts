import type { Command } from 'commander';
import type { CommandContext, Ended } from './context.ts';
import { duration, HOST_BINDS, oneMore, STRICT, VARIABLE, wholeNumber } from './option-values.ts';

/** The commands about labs that are up. */
export function labCommands(program: Command, context: CommandContext, ended: Ended): void {
  program
    .command('up')
    .description('build a lab from a containerlab file')
    .argument('<topology>', 'a *.clab.yml')
    .option('--name <lab>', "name of the lab (default: the file's own)")
    .option('--var <name[=value]>', VARIABLE, oneMore)
    .option('--allow-host-binds', HOST_BINDS)
    .option('--strict', STRICT)
    .option('--json', 'one JSON document')
    .action(async (topology, options) =>
      ended(await (await import('./up.ts')).up(context, { topology, ...options })),
    );
  program
    .command('down')
    .description('remove a lab')
    .argument('[lab]', 'name of the lab')
    .option('--all', 'every lab')
    .action(async (lab, options) =>
      ended(await (await import('./down.ts')).down(context, { lab, ...options })),
    );
  program
    .command('ps')
    .description('labs that are up')
    .option('--json', 'one JSON document')
    .action(async (options) => ended(await (await import('./ps.ts')).ps(context, options)));
  nodeCommands(program, context, ended);
  program
    .command('gc')
    .description('remove the remains of labs whose owner is gone')
    .option('--engines <list>', 'on these engines: NAME=URL,NAME=URL')
    .action(async (options) => ended(await (await import('./gc.ts')).gc(context, options)));
}

/** Those that need a node, or a part, of a lab. */
function nodeCommands(program: Command, context: CommandContext, ended: Ended): void {
  program
    .command('exec')
    .description('run a command in a node')
    .argument('<lab>')
    .argument('<node>')
    .argument('<cmd...>')
    .passThroughOptions()
    .action(async (lab, node, cmd) =>
      ended(await (await import('./exec.ts')).exec(context, { lab, node, cmd })),
    );
  program
    .command('logs')
    .description('what the daemons of a node have logged')
    .argument('<lab>')
    .argument('<node>')
    .option('--tail <lines>', 'only so many of the last lines', wholeNumber)
    .option('--follow', 'go on with what is logged later')
    .option('--timestamps', 'each line begins with its time')
    .action(async (lab, node, options) =>
      ended(await (await import('./logs.ts')).logs(context, { lab, node, ...options })),
    );
  program
    .command('fault')
    .description('break something by hand; healed at the end of --for or on Ctrl-C')
    .argument('<lab>')
    .argument('<kind>')
    .argument('<target>', 'NODE, host:NAME, NODE/PROCESS, NODE:INTERFACE, network:BRIDGE, master(VR), ...')
    .option('--for <duration>', 'how long: 500ms, 3s, 2m (default: until Ctrl-C)', duration)
    .option('--option <name=value...>', 'an option of the fault, such as signal=SIGTERM')
    .action(async (lab, kind, target, options) =>
      ended(await (await import('./fault.ts')).fault(context, { lab, kind, target, ...options })),
    );
}
