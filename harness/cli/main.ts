import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError } from 'commander';
import { PACKAGE_ROOT } from '../engine/package-root.ts';
import { cleanText } from '../ground/clean-text.ts';
import { ExitCode, HadrillError, messageOf } from '../ground/errors.ts';
import type { CommandContext, Ended } from './context.ts';
import { fleetCommands } from './fleet/commands.ts';
import { initCommand } from './init-command.ts';
import { labCommands } from './lab-commands.ts';
import {
  calibrateCommand,
  compareCommand,
  drillCommand,
  historyCommand,
  mergeCommand,
} from './measuring-commands.ts';
import { Output } from './output.ts';
import { Progress } from './progress.ts';
import { Signals, type Stopping } from './signals.ts';

/** What a command does that has a lab of its own. */
const REMOVING_LAB: Stopping = {
  first: 'stopping: healing what is broken and removing the lab',
  second: 'still healing; once more to leave that to the reaper',
};

/**
 * Runs one command line.
 * @returns the exit code, when everything that was written has been read or can't be. Never throws: what goes wrong is
 * said on stderr in words for people.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const output = new Output();
  const explain = (error: unknown) => explainOn(output, error);
  let code: number | undefined;
  // What no command waits for must not end in a stack trace either; the lab's reaper cleans up behind us.
  process.on('uncaughtException', (error) => {
    const unforeseen = explain(error);
    if (code === undefined) process.exit(unforeseen);
  });
  const progress = await Progress.create();
  const signals = new Signals(progress.line);
  const context = contextOf(output, progress, signals);
  code = await runCommand(context, output, argv).catch(explain);
  progress.done();
  signals.ended(code);
  try {
    await output.flushed();
    return code;
  } catch (error) {
    // That the result is not whole is a failure; a failure that was found outweighs it.
    const unwritten = explain(error);
    return code === ExitCode.pass ? unwritten : code;
  }
}

function contextOf(output: Output, progress: Progress, signals: Signals): CommandContext {
  return {
    out: (text) => {
      progress.done();
      return output.result(text);
    },
    error: (text) => {
      progress.done();
      output.message(text);
    },
    progress: (line) => progress.line(cleanText(line)),
    live: (draw) => progress.live(draw),
    say: (line) => {
      progress.done();
      output.message(`${cleanText(line)}\n`);
    },
    interruptible: (stopping = REMOVING_LAB) => signals.arm(stopping),
  };
}

async function runCommand(context: CommandContext, output: Output, argv: readonly string[]): Promise<number> {
  let code: number = ExitCode.pass;
  const program = await commands(context, output, argv, (ended) => {
    code = ended;
  });
  await program.parseAsync([...argv], { from: 'user' });
  return code;
}

function explainOn(output: Output, error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.pass : ExitCode.input;
  if (error instanceof HadrillError) {
    const remedy = error.remedy ? `what to do: ${error.remedy}\n` : '';
    output.message(cleanText(`hadrill: ${error.message}\n${remedy}`));
    return error.exitCode;
  }
  const where = process.env.HADRILL_DEBUG && error instanceof Error ? error.stack : undefined;
  const remedy = 'what to do: set HADRILL_DEBUG=1 to see where, and report it';
  const said = `hadrill: an unexpected error occurred: ${messageOf(error)}\n${where ?? remedy}\n`;
  output.message(cleanText(said));
  return ExitCode.unknown;
}

async function commands(
  context: CommandContext,
  output: Output,
  argv: readonly string[],
  ended: Ended,
): Promise<Command> {
  const program = new Command('hadrill')
    .description('Failover drills on highly available network nodes: real daemons, real faults.')
    .version(version())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void output.result(text),
      writeErr: (text) => output.message(cleanText(text)),
    })
    .enablePositionalOptions()
    .configureHelp({ sortSubcommands: false })
    .showHelpAfterError('(hadrill help shows the commands)');
  knowingCommands(program, context, ended);
  await initCommand(program, context, ended, argv);
  drillCommand(program, context, ended);
  program
    .command('report')
    .description('the report of an earlier run')
    .argument('[run-dir]', 'folder with a journal.json')
    .option('--index <dir>', 'write a page over all runs of a folder for results')
    .option('--format <format>', 'text, md, html, json, junit, csv or otava', 'text')
    .action(async (folder, options) =>
      ended(await (await import('./report.ts')).report(context, { folder, ...options })),
    );
  historyCommand(program, context, ended);
  mergeCommand(program, context, ended);
  compareCommand(program, context, ended);
  calibrateCommand(program, context, ended);
  labCommands(program, context, ended);
  fleetCommands(program, context, ended);
  return program;
}

function knowingCommands(program: Command, context: CommandContext, ended: Ended): void {
  program
    .command('doctor')
    .description('what this machine can and cannot do, and how to fix it')
    .option('--measure', 'also try how many nodes it bears for a timed drill (one to four minutes)')
    .option('--engines <list>', 'of these engines: NAME=URL,NAME=URL; see docs/fleet.md')
    .option('--json', 'one JSON document')
    .action(async (options) => ended(await (await import('./doctor.ts')).doctor(context, options)));
  program
    .command('list')
    .description('drills, topologies, faults and probes')
    .option('--json', 'one JSON document')
    .action(async (options) => ended(await (await import('./list.ts')).list(context, options)));
}

function version(): string {
  return (JSON.parse(readFileSync(path.join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string })
    .version;
}
