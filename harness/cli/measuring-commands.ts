import { type Command, Option } from 'commander';
import { freshSeed } from '../ground/random.ts';
import type { CommandContext, Ended } from './context.ts';
import {
  duration,
  HOST_BINDS,
  IMAGE,
  keepRecords,
  oneMore,
  STRICT,
  VARIABLE,
  wholeNumber,
} from './option-values.ts';
import { shardOption } from './shard-option.ts';

function replayOption(): Option {
  return new Option('--replay <dir>', 'make the faults of an earlier run again, in its order').conflicts([
    'trials',
    'seed',
    'shard',
    'profile',
  ]);
}

/** `hadrill run`. */
export function drillCommand(program: Command, context: CommandContext, ended: Ended): void {
  program
    .command('run')
    .description('run drills and report')
    .argument('[drill...]', 'name of a shipped drill, or path of a *.drill.yml')
    .addOption(replayOption())
    .option(
      '--matrix <file>',
      'drills × profiles × variables × images of a file, and what each says beside another',
    )
    .option('--trials <n>', 'repetitions', wholeNumber, 1)
    .option('--seed <s>', 'seed of all randomness', wholeNumber)
    .option('--shard <i/n>', 'one of n parts of the trials, to be merged later; auto: as CI says', (text) =>
      shardOption(text),
    )
    .option(
      '--jobs <n>',
      'trials at the same time, each in a lab of its own; with --engines on each',
      wholeNumber,
      1,
    )
    .option('--engines <list>', 'trials over several engines: NAME=URL,NAME=URL; see docs/fleet.md')
    .option('--profile <name>', 'profile of the drill')
    .option('--out <dir>', 'folder for results', 'results')
    .option('--keep', 'leave the lab up afterwards')
    .option('--one-lab', 'drills with the same topology and variables, one after the other in one lab')
    .option(
      '--keep-records <which>',
      'captures and records: all, failed, or of each verdict the first N (default: 100)',
      keepRecords,
    )
    .option('--baseline <dir>', 'compare with an earlier run; worse ends with 1')
    .option('--dry-run', 'check everything, build nothing')
    .option('--var <name[=value]>', VARIABLE, oneMore)
    .option('--image <name=other>', IMAGE, oneMore)
    .option('--allow-host-binds', HOST_BINDS)
    .option('--strict', STRICT)
    .option('--quiet', 'only the report, and errors')
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
}

/** `hadrill history`. */
export function historyCommand(program: Command, context: CommandContext, ended: Ended): void {
  program
    .command('history')
    .description('all runs of a drill that were ever seen in a folder for results')
    .argument(
      '[drill]',
      'name of the drill, as its reports have it (default: every drill that has runs there)',
    )
    .option('--results <dir>', 'the folder for results', 'results')
    .option('--metric <name>', 'a metric to show; may be given more than once', oneMore)
    .option('--format <format>', 'text, json, otava, or issue: of what is worse', 'text')
    .option(
      '--check',
      'end with 1 when the last run is worse than those before it, with 4 when that is not known',
    )
    .action(async (drill, options) =>
      ended(await (await import('./history.ts')).history(context, { drill, ...options })),
    );
}

/** `hadrill merge`. */
export function mergeCommand(program: Command, context: CommandContext, ended: Ended): void {
  program
    .command('merge')
    .description('put the shards of runs together: the same as one run of all trials')
    .argument('<dir...>', 'folders of shards, or folders for results')
    .option('--out <dir>', 'folder for results', 'results')
    .option('--matrix <file>', 'the matrix of which they are shards: how its runs compare')
    .option('--json', 'the journal as one JSON document')
    .action(async (folders, options) =>
      ended(await (await import('./merge.ts')).merge(context, { folders, ...options })),
    );
}

/** `hadrill compare`. */
export function compareCommand(program: Command, context: CommandContext, ended: Ended): void {
  program
    .command('compare')
    .description('what a run says beside an earlier one; ends with 1 when something is worse')
    .argument('<base>', 'folder of a run, or a folder for results')
    .argument('<new>', 'the same of the later one')
    .option('--json', 'one JSON document')
    .action(async (base, now, options) =>
      ended(await (await import('./compare.ts')).compare(context, { base, now, ...options })),
    );
}

/** `hadrill calibrate`. */
export function calibrateCommand(program: Command, context: CommandContext, ended: Ended): void {
  program
    .command('calibrate')
    .description('prove on this machine that the instrument sees what it claims to see')
    .option('--cuts <n>', 'cuts of known length', wholeNumber, 48)
    .option('--seed <s>', 'seed of all randomness', wholeNumber)
    .option('--null <duration>', 'how long is measured while nothing is cut', duration, 60_000)
    .option('--engines <list>', 'each engine of a list: NAME=URL,NAME=URL; see docs/fleet.md')
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
