import path from 'node:path';
import { keepNamesApart } from '../drill/distinct-names.ts';
import type { DrillFault } from '../drill/drill.ts';
import { type LoadedDrill, loadDrill } from '../drill/load-drill.ts';
import { type Replay, replayedFaults, replayOf } from '../drill/replay.ts';
import { runDrill } from '../drill/run-drill.ts';
import type { RunResult } from '../drill/run-options.ts';
import { runOverEngines } from '../drill/run-over-engines.ts';
import { connectEngine, type Engine } from '../engine/connect.ts';
import type { NamedEngine } from '../engine/connect-engines.ts';
import { parseEngineList } from '../engine/engine-list.ts';
import { cleanText } from '../ground/clean-text.ts';
import { ExitCode, formatProblem, InputError } from '../ground/errors.ts';
import { jsonText } from '../ground/json-text.ts';
import type { Journal, Verdict } from '../journal/journal.ts';
import { JOURNAL_FILE } from '../journal/journal-text.ts';
import { readJournal } from '../journal/read-journal.ts';
import type { KeepRecords } from '../journal/run-command.ts';
import { blockOf, type Shard, type ShardOfRun } from '../journal/shard.ts';
import { liveLines } from '../report/live/live-lines.ts';
import { RunWatch } from '../report/live/run-watch.ts';
import { planReport } from '../report/plan.ts';
import { terminalReport } from '../report/terminal.ts';
import { pageSentence } from '../report/write-page.ts';
import { refuseUnasked } from '../topology/named-variables.ts';
import { Baseline } from './baseline.ts';
import type { Command, CommandContext } from './context.ts';
import { openEngines } from './open-engines.ts';
import { screen } from './screen.ts';
import { namedVariables } from './variables.ts';

interface RunCommand {
  drills: string[];
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
  /** Folder of an earlier run, or of results, with which each run is compared. */
  baseline?: string;
  keepRecords?: KeepRecords;
  dryRun?: boolean;
  allowHostBinds?: boolean;
  strict?: boolean;
  var?: string[];
  /** Neither progress nor notes. */
  quiet?: boolean;
  json?: boolean;
}

/** Runs drills one after the other; a failure outweighs an unknown, and that a pass. */
export const run: Command<RunCommand> = async (context, given) => {
  const replay = given.replay === undefined ? undefined : await readReplay(given.replay, context);
  if (replay && given.drills.length > 0)
    throw new InputError(
      `--replay names the drill itself, ${replay.drill}: leave out ${given.drills.join(' ')}`,
    );
  const options = replay ? { ...given, ...asReplayed(replay, given) } : given;
  if (options.drills.length === 0) throw new InputError('name a drill, or a run with --replay');
  refuseContradictions(options);
  const addresses = options.engines === undefined ? undefined : parseEngineList(options.engines);
  const shard = options.shard && blockOf(options.shard, options.trials);
  if (options.shard && !shard)
    throw new InputError(`--shard: of ${options.trials} trials shard ${options.shard.number} has none`);
  const spoken = options.quiet ? quietly(context) : context;
  const loaded = await loadAll(spoken, options);
  const again = replay && replayedFaults(replay.journal, loaded[0]!.drill);
  if (options.dryRun) {
    const { trials, seed } = options;
    const plans = loaded.map((one) =>
      planReport(one, { trials, seed, replay: again, width: screen().width }),
    );
    context.out(
      options.json ? json(plans.map(({ plan }) => plan)) : plans.map(({ text }) => text).join('\n'),
    );
    return ExitCode.pass;
  }
  const drills = loaded.map(({ drill }) => drill);
  const baseline = options.baseline === undefined ? undefined : await Baseline.find(options.baseline, drills);
  const engines = addresses ? await openEngines(addresses, spoken) : await connectEngine();
  const journals: Journal[] = [];
  const verdicts: Verdict[] = [];
  for (const one of loaded) {
    const { journal, folder } = await runOne(spoken, engines, one, {
      ...options,
      block: shard,
      again,
      before: baseline?.journalOf(one.drill),
    });
    journals.push(journal);
    verdicts.push(journal.verdict);
    if (!baseline) continue;
    const { comparison, text } = baseline.compare(one.drill, folder, journal);
    verdicts.push(comparison.verdict);
    if (options.json) context.error(text);
    else context.out(`\n${text}`);
  }
  if (options.json) context.out(json(journals));
  const worst =
    (['fail', 'unknown', 'pass'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'unknown';
  return ExitCode[worst];
};

/** @throws InputError for options that cannot be, alone or together. */
function refuseContradictions(options: RunCommand): void {
  if (options.trials < 1) throw new InputError('--trials must be at least 1');
  if (options.jobs < 1) throw new InputError('--jobs must be at least 1');
  if (options.jobs > 1 && options.keep)
    throw new InputError('--keep leaves one lab up, and --jobs makes several: leave one of them out');
  if (options.engines !== undefined && options.keep)
    throw new InputError('--keep leaves one lab up, and --engines makes one on each: leave one of them out');
}

async function readReplay(folder: string, context: CommandContext): Promise<Replay> {
  const replay = replayOf(await readJournal(path.join(folder, JOURNAL_FILE)), folder);
  if (replay.changed !== undefined)
    context.say(`note: the same faults are made again, in what the files are now: ${replay.changed}`);
  return replay;
}

/** What the run was asked for, and variables that are named anew. */
function asReplayed({ drill, profile, trials, seed, variables }: Replay, { var: named = [] }: RunCommand) {
  // The name that stands for "this drill has no profiles".
  const of_profile = profile === 'default' ? {} : { profile };
  return { drills: [drill], trials, seed, ...of_profile, var: [...variables, ...named] };
}

/** All drills are checked before the first is run. */
async function loadAll(context: CommandContext, options: RunCommand): Promise<LoadedDrill[]> {
  const allow_host_binds = options.allowHostBinds ?? false;
  const variables = namedVariables(options.var ?? [], process.env);
  const how = { allow_host_binds, strict: options.strict ?? false, variables, environment: process.env };
  const loaded = await Promise.all(options.drills.map((name) => loadDrill(name, options.profile, how)));
  refuseUnasked(
    variables,
    loaded.flatMap(({ asked }) => asked),
  );
  for (const { topology, systems, variable_notes } of loaded)
    for (const note of [...(topology.notes ?? []), ...systems.notes, ...variable_notes])
      context.say(`note: ${formatProblem(note)}`);
  keepNamesApart(loaded.map(({ drill }) => drill));
  return loaded;
}

async function runOne(
  context: CommandContext,
  engines: Engine | readonly NamedEngine[],
  loaded: LoadedDrill,
  options: RunCommand & {
    block: ShardOfRun | undefined;
    again: ReadonlyMap<number, readonly DrillFault[]> | undefined;
    before: Journal | undefined;
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
    keep: options.keep ?? false,
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
function quietly(context: CommandContext): CommandContext {
  const nothing = () => undefined;
  return { ...context, progress: nothing, say: nothing, live: () => false };
}

/** One document: of one drill its own, of several a list. */
function json(documents: readonly unknown[]): string {
  return jsonText(documents.length === 1 ? documents[0] : documents);
}
