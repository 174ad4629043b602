import type { DrillFault } from '../drill/drill.ts';
import type { LoadedDrill } from '../drill/load-drill.ts';
import { runDrill } from '../drill/run-drill.ts';
import type { RunResult } from '../drill/run-options.ts';
import { runOverEngines } from '../drill/run-over-engines.ts';
import type { Engine } from '../engine/connect.ts';
import type { NamedEngine } from '../engine/connect-engines.ts';
import { cleanText } from '../ground/clean-text.ts';
import { InputError } from '../ground/errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { KeepRecords } from '../journal/run-command.ts';
import { blockOf, type Shard, type ShardOfRun } from '../journal/shard.ts';
import type { Lab } from '../lab/lab.ts';
import { liveLines } from '../report/live/live-lines.ts';
import { RunWatch } from '../report/live/run-watch.ts';
import { terminalReport } from '../report/terminal.ts';
import { pageSentence } from '../report/write-page.ts';
import type { CommandContext } from './context.ts';
import { screen } from './screen.ts';

/** What `hadrill run` is asked for. */
export interface RunCommand {
  drills: string[];
  /** File of a matrix, in place of drills. */
  matrix?: string;
  /** Folder of a run whose faults are made again, in place of drills. */
  replay?: string;
  trials: number;
  shard?: Shard;
  seed: number;
  jobs: number;
  /** Over which engines: NAME=URL,… */
  engines?: string;
  profile?: string;
  out: string;
  keep?: boolean;
  /** Drills of one topology are made in one lab. */
  oneLab?: boolean;
  /** Folder of an earlier run, or of results, with which each run is compared. */
  baseline?: string;
  keepRecords?: KeepRecords;
  dryRun?: boolean;
  allowHostBinds?: boolean;
  strict?: boolean;
  var?: string[];
  image?: string[];
  /** Neither progress nor notes. */
  quiet?: boolean;
  json?: boolean;
}

/** @throws InputError for options that cannot be, alone or together. */
export function refuseContradictions(options: RunCommand): void {
  if (options.trials < 1) throw new InputError('--trials must be at least 1');
  if (options.jobs < 1) throw new InputError('--jobs must be at least 1');
  if (options.jobs > 1 && options.keep)
    throw new InputError('--keep leaves one lab up, and --jobs makes several: leave one of them out');
  const others = {
    jobs: options.jobs > 1,
    engines: options.engines,
    keep: options.keep,
    matrix: options.matrix,
  };
  const other = Object.entries(others).find(([, given]) => given)?.[0];
  if (options.oneLab && other)
    throw new InputError(`--one-lab makes several drills in one lab, which does not go with --${other}`);
  if (options.engines !== undefined && options.keep)
    throw new InputError('--keep leaves one lab up, and --engines makes one on each: leave one of them out');
}

/**
 * The trials that `--shard` asks for; undefined without it.
 * @throws InputError when the shard has none.
 */
export function blockAsked({ shard, trials }: Pick<RunCommand, 'shard' | 'trials'>): ShardOfRun | undefined {
  const block = shard && blockOf(shard, trials);
  if (shard && !block) throw new InputError(`--shard: of ${trials} trials shard ${shard.number} has none`);
  return block;
}

/** Runs one drill, and says what came out of it. */
export async function runOne(
  context: CommandContext,
  engines: Engine | readonly NamedEngine[],
  loaded: LoadedDrill,
  options: RunCommand & {
    block: ShardOfRun | undefined;
    again: ReadonlyMap<number, readonly DrillFault[]> | undefined;
    before: Journal | undefined;
    /** Which cell of a matrix it is. */
    cell?: string | undefined;
    /** The lab of the drill before, with the same topology. */
    in_lab?: Lab | undefined;
    /** The next drill is made in the same lab. */
    hand_on?: boolean | undefined;
  },
): Promise<RunResult> {
  const watch = new RunWatch(loaded.drill);
  // It shows one trial at a time.
  const seen =
    options.jobs === 1 && 'docker' in engines && context.live((event, size) => liveLines(watch, event, size));
  const wanted = {
    trials: options.trials,
    shard: options.block,
    seed: options.seed,
    jobs: options.jobs,
    replay: options.again,
    replay_of: options.replay,
    out: options.out,
    cell: options.cell,
    keep: options.keep ?? false,
    in_lab: options.in_lab,
    hand_on: options.hand_on,
    ...(options.keepRecords === undefined ? {} : { keep_records: options.keepRecords }),
    signal: context.interruptible(),
    onProgress: context.progress,
    view: seen ? watch : undefined,
  };
  const running =
    'docker' in engines
      ? runDrill(engines, loaded, wanted)
      : runOverEngines(engines, loaded, { ...wanted, list: options.engines! });
  const result = await running.finally(() => context.live(undefined));
  const { journal, folder, lab, left } = result;
  if (!options.json) context.out(terminalReport(journal, screen()));
  for (const sentence of left) context.error(`${cleanText(sentence)}\n`);
  context.say(`records: ${folder}${lab ? `; the lab stays up as '${lab}'` : ''}`);
  context.say(await pageSentence(folder, journal, options.before));
  return result;
}

/** Says nothing but results and errors. */
export function quietly(context: CommandContext): CommandContext {
  const nothing = () => undefined;
  return { ...context, progress: nothing, say: nothing, live: () => false };
}
