import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { PACKAGE_ROOT } from '../engine/package-root.ts';
import { cleanText } from '../ground/clean-text.ts';
import { ExitCode, HadrillError, messageOf } from '../ground/errors.ts';
import { freshSeed } from '../ground/random.ts';
import { parseDurationMs } from '../ground/time.ts';
import type { KeepRecords } from '../journal/journal.ts';
import type { CommandContext } from './context.ts';
import { Output } from './output.ts';
import { Progress } from './progress.ts';
import { Signals, type Stopping } from './signals.ts';

const STRICT = 'refuse what of a containerlab file would be ignored';
// biome-ignore lint/suspicious/noTemplateCurlyInString: as it is written in files
const VARIABLE = 'a value for ${NAME} in the files; without =VALUE the one that the environment has';
const HOST_BINDS = 'accept binds that give a node power over this machine, such as / or a socket';

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
    say: (line) => {
      progress.done();
      output.message(`${cleanText(line)}\n`);
    },
    interruptible: (stopping = REMOVING_LAB) => signals.arm(stopping),
  };
}

async function runCommand(context: CommandContext, output: Output, argv: readonly string[]): Promise<number> {
  let code: number = ExitCode.pass;
  const program = commands(context, output, (ended) => {
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
  const said = `hadrill: something unforeseen happened: ${messageOf(error)}\n${where ?? remedy}\n`;
  output.message(cleanText(said));
  return ExitCode.unknown;
}

type Ended = (code: number) => void;

function commands(context: CommandContext, output: Output, ended: Ended): Command {
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
  program
    .command('doctor')
    .description('what this machine can and cannot do, and how to mend it')
    .option('--json', 'one JSON document')
    .action(async (options) => ended(await (await import('./doctor.ts')).doctor(context, options)));
  program
    .command('list')
    .description('drills, topologies, faults and probes')
    .option('--json', 'one JSON document')
    .action(async (options) => ended(await (await import('./list.ts')).list(context, options)));
  program
    .command('run')
    .description('run drills and report')
    .argument('<drill...>', 'name of a shipped drill, or path of a *.drill.yml')
    .option('--trials <n>', 'repetitions', wholeNumber, 1)
    .option('--seed <s>', 'seed of all randomness', wholeNumber)
    .option('--profile <name>', 'profile of the drill')
    .option('--out <dir>', 'folder for results', 'results')
    .option('--keep', 'leave the lab up afterwards')
    .option(
      '--keep-records <which>',
      'captures and records: all, failed, or of each verdict the first N (default: 100)',
      keepRecords,
    )
    .option('--dry-run', 'check everything, build nothing')
    .option('--var <name[=value]>', VARIABLE, oneMore)
    .option('--allow-host-binds', HOST_BINDS)
    .option('--strict', STRICT)
    .option('--json', 'the journal as one JSON document')
    .action(async (drills, options) =>
      ended(
        await (await import('./run.ts')).run(context, {
          ...options,
          drills,
          seed: options.seed ?? freshSeed(),
        }),
      ),
    );
  program
    .command('report')
    .description('the report of a run that was made')
    .argument('<run-dir>', 'folder with a journal.json')
    .option('--format <format>', 'text, json or md', 'text')
    .action(async (folder, options) =>
      ended(await (await import('./report.ts')).report(context, { folder, ...options })),
    );
  calibrateCommand(program, context, ended);
  labCommands(program, context, ended);
  return program;
}

function calibrateCommand(program: Command, context: CommandContext, ended: Ended): void {
  program
    .command('calibrate')
    .description('prove on this machine that the instrument sees what it claims to see')
    .option('--cuts <n>', 'cuts of known length', wholeNumber, 48)
    .option('--seed <s>', 'seed of all randomness', wholeNumber)
    .option('--null <duration>', 'how long is measured while nothing is cut', duration, 60_000)
    .option('--out <dir>', 'folder for the raw records (default: none are kept)')
    .option('--json', 'one JSON document')
    .action(async (options) =>
      ended(
        await (await import('./calibrate.ts')).calibrate(context, {
          ...options,
          seed: options.seed ?? freshSeed(),
        }),
      ),
    );
}

function labCommands(program: Command, context: CommandContext, ended: Ended): void {
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
    .command('fault')
    .description('break something by hand; mended at the end of --for or on Ctrl-C')
    .argument('<lab>')
    .argument('<kind>')
    .argument('<target>', 'NODE, host:NAME, NODE/PROCESS, master(VR), ...')
    .option('--for <duration>', 'how long: 500ms, 3s, 2m (default: until Ctrl-C)', duration)
    .option('--option <name=value...>', 'an option of the fault, such as signal=SIGTERM')
    .action(async (lab, kind, target, options) =>
      ended(await (await import('./fault.ts')).fault(context, { lab, kind, target, ...options })),
    );
  program
    .command('gc')
    .description('remove what is left of labs that nobody owns any more')
    .action(async () => ended(await (await import('./gc.ts')).gc(context, {})));
}

/** Of an option that may be given more than once. */
function oneMore(word: string, words: string[] = []): string[] {
  return [...words, word];
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('it must be a whole number.');
  return Number(text);
}

function keepRecords(text: string): KeepRecords {
  if (text === 'all' || text === 'failed') return text;
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('it must be all, failed, or a whole number.');
  return Number(text);
}

function duration(text: string): number {
  try {
    return parseDurationMs(text);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

function version(): string {
  return (JSON.parse(readFileSync(path.join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string })
    .version;
}
