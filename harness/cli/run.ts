import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { keepNamesApart } from '../drill/distinct-names.ts';
import type { LoadedDrill } from '../drill/load-drill.ts';
import { type Replay, replayedFaults, replayOf } from '../drill/replay.ts';
import { connectEngine } from '../engine/connect.ts';
import { parseEngineList } from '../engine/engine-list.ts';
import { ExitCode, formatProblem, InputError } from '../ground/errors.ts';
import { jsonText } from '../ground/json-text.ts';
import type { Journal, Verdict } from '../journal/journal.ts';
import { JOURNAL_FILE } from '../journal/journal-text.ts';
import { readJournal } from '../journal/read-journal.ts';
import type { Lab } from '../lab/lab.ts';
import { planReport } from '../report/plan.ts';
import { Baseline } from './baseline.ts';
import type { Command, CommandContext } from './context.ts';
import { loadDrills } from './load-drills.ts';
import { openEngines } from './open-engines.ts';
import { runMatrix } from './run-matrix.ts';
import { blockAsked, quietly, type RunCommand, refuseContradictions, runOne } from './run-one.ts';
import { screen } from './screen.ts';
import { namedVariables } from './variables.ts';

/** Runs drills one after the other; a failure outweighs an unknown, and that a pass. */
export const run: Command<RunCommand> = async (context, given) => {
  if (given.matrix !== undefined) return runMatrix(context, { ...given, matrix: given.matrix });
  const replay = given.replay === undefined ? undefined : await readReplay(given.replay, context);
  if (replay && given.drills.length > 0)
    throw new InputError(
      `--replay names the drill itself, ${replay.drill}: leave out ${given.drills.join(' ')}`,
    );
  const options = replay ? { ...given, ...asReplayed(replay, given) } : given;
  if (options.drills.length === 0) throw new InputError('name a drill, a run with --replay, or a --matrix');
  refuseContradictions(options);
  const addresses = options.engines === undefined ? undefined : parseEngineList(options.engines);
  const block = blockAsked(options);
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
  let lab: Lab | undefined;
  try {
    for (const [at, one] of loaded.entries()) {
      const in_lab = lab;
      lab = undefined;
      const { journal, folder, handed_on } = await runOne(spoken, engines, one, {
        ...options,
        ...{ block, again, before: baseline?.journalOf(one.drill) },
        ...{ in_lab, hand_on: options.oneLab && fitsLab(one, loaded[at + 1]) },
      });
      lab = handed_on;
      journals.push(journal);
      verdicts.push(journal.verdict);
      if (!baseline) continue;
      const { comparison, text } = baseline.compare(one.drill, folder, journal);
      verdicts.push(comparison.verdict);
      if (options.json) context.error(text);
      else context.out(`\n${text}`);
    }
  } finally {
    await lab?.down();
  }
  if (options.json) context.out(json(journals));
  const worst =
    (['fail', 'unknown', 'pass'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'unknown';
  return ExitCode[worst];
};

/** Whether a drill can be made in the lab of the one before it. */
function fitsLab(before: LoadedDrill, next: LoadedDrill | undefined): boolean {
  return next !== undefined && isDeepStrictEqual(before.topology, next.topology);
}

async function readReplay(folder: string, context: CommandContext): Promise<Replay> {
  const replay = replayOf(await readJournal(path.join(folder, JOURNAL_FILE)), folder);
  if (replay.changed !== undefined)
    context.say(`note: the same faults are made again, in what the files are now: ${replay.changed}`);
  return replay;
}

/** What the run was asked for, and variables that are named anew. */
function asReplayed(
  { drill, profile, trials, seed, variables, images }: Replay,
  { var: named = [], image = [] }: RunCommand,
) {
  // The name that stands for "this drill has no profiles".
  const of_profile = profile === 'default' ? {} : { profile };
  const named_anew = { var: [...variables, ...named], image: [...images, ...image] };
  return { drills: [drill], trials, seed, ...of_profile, ...named_anew };
}

/** All drills are checked before the first is run. */
async function loadAll(context: CommandContext, options: RunCommand): Promise<LoadedDrill[]> {
  const variables = namedVariables(options.var ?? [], process.env);
  const more = { allow_host_binds: options.allowHostBinds ?? false, environment: process.env };
  const loaded = await loadDrills(options, variables, more);
  for (const { topology, systems, variable_notes } of loaded)
    for (const note of [...(topology.notes ?? []), ...systems.notes, ...variable_notes])
      context.say(`note: ${formatProblem(note)}`);
  keepNamesApart(loaded.map(({ drill }) => drill));
  return loaded;
}

/** One document: of one drill its own, of several a list. */
function json(documents: readonly unknown[]): string {
  return jsonText(documents.length === 1 ? documents[0] : documents);
}
