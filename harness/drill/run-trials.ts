import path from 'node:path';
import { type AnalysedTrial, analyseTrial } from '../analysis/analyse-trial.ts';
import { judgeByExpectations } from '../analysis/assemble-journal.ts';
import { attemptFolder } from '../analysis/rebuild-journal.ts';
import { TRIAL_FACTS_FILE } from '../analysis/trial-folder.ts';
import { EnvironmentError, HadrillError, messageOf } from '../ground/errors.ts';
import { maskIn, maskSecrets } from '../ground/mask-secrets.ts';
import type { Journal, Trial } from '../journal/journal.ts';
import type { RunFacts } from '../journal/run-facts.ts';
import type { ShardOfRun } from '../journal/shard.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import { INTERRUPTED } from '../journal/trials-not-made.ts';
import type { DrillFault } from './drill.ts';
import type { DrillLab } from './drill-lab.ts';
import { describeEnvironment } from './environment.ts';
import { faultPhase } from './fault-phases.ts';
import type { LoadedDrill } from './load-drill.ts';
import { faultsOfTrial } from './random-faults.ts';
import { recordFile } from './record-file.ts';
import type { RunFolder } from './run-folder.ts';
import type { RunView } from './run-view.ts';
import { sideBySide, TrialQueue } from './side-by-side.ts';
import { runTrial } from './trial.ts';
import type { TrialContext } from './trial-context.ts';
import type { TrialLog } from './trial-log.ts';

/** A trial whose measurement is in doubt, mostly of a starved machine, is repeated; so many more than asked for, at most. */
const MOST_REPEATS_PER_TRIAL = 1;

interface TrialsOptions {
  trials: number;
  /** The part of them that is made here; all where it is left out. */
  shard?: ShardOfRun | undefined;
  seed: number;
  /** What trials break instead of what the drill says, by index. */
  replay?: ReadonlyMap<number, readonly DrillFault[]> | undefined;
  signal: AbortSignal;
  onProgress?: (line: string) => void;
  view?: RunView | undefined;
}

/**
 * Repeats the trial in labs that are up, side by side where there are several, and writes the journal. A lab that is broken
 * for good is built anew. Where not all of the trials are made, the run's records say why.
 * @returns the journal of all of them.
 * @throws what ends a trial; the signal's reason when it is aborted, after healing.
 */
export async function runTrials(
  labs: readonly DrillLab[],
  loaded: LoadedDrill,
  options: TrialsOptions,
  folder: RunFolder,
  log: TrialLog,
): Promise<Journal> {
  try {
    const run = log.madeOn(await describeEnvironment(labs[0]!.lab));
    const queue = new TrialQueue(options.shard?.first ?? 1, countOf(options));
    await sideBySide(labs, queue, (lab) => makeTrials(lab, loaded, options, folder, { run, log, queue }));
  } catch (error) {
    if (!folder.isLost()) {
      log.endEarly(options.signal.aborted ? INTERRUPTED : maskSecrets(messageOf(error)));
      options.onProgress?.(`${log.made} of ${countOf(options)} trials are on record in ${folder.path}`);
    }
    throw error;
  }
  log.catchUp();
  options.signal.throwIfAborted();
  return log.journal();
}

function countOf({ trials, shard }: Pick<TrialsOptions, 'trials' | 'shard'>): number {
  return shard ? shard.last - shard.first + 1 : trials;
}

/** Makes trials in one lab until none is left to be begun. */
async function makeTrials(
  lab: DrillLab,
  { drill, systems }: LoadedDrill,
  { seed, signal, view, onProgress = () => undefined, ...options }: TrialsOptions,
  folder: RunFolder,
  { run, log, queue }: { run: RunFacts; log: TrialLog; queue: TrialQueue },
): Promise<void> {
  const trials = countOf(options);
  const plan = { seed, drill: drill.name, trials: options.trials };
  const faultsOf = (index: number) => options.replay?.get(index) ?? faultsOfTrial(drill, plan, index);
  let index = queue.next();
  let again_of = 0;
  for (let isNew = true; index !== undefined; isNew = false) {
    const notes = isNew ? [] : await makeWhole(lab, folder, onProgress);
    onProgress(`trial ${index} of ${options.trials}`);
    view?.trialBegins(index, options.trials, trials - log.made);
    const attempt = log.begin();
    const context = { drill, systems, phase: faultPhase(plan, index, again_of), signal, onProgress, view };
    const { trial, starved, doubted } = await oneTrial(lab, context, folder, run, {
      ...{ index, records: attemptFolder(attempt), notes },
      faults: faultsOf(index),
    });
    // What failed in spite of it is a finding, and stays.
    const worth = starved ? trial.verdict !== 'fail' : doubted && keepsTo(trial, run);
    const again = worth && mayRepeat(log, trials);
    const judged = log.add(attempt, trial, again);
    view?.trialEnds(again ? 'again' : judged.verdict);
    onProgress(again ? `trial ${index} will be repeated: ${trial.reason}` : outcome(judged));
    again_of = again ? again_of + 1 : 0;
    if (!again || queue.stopped) index = queue.next();
  }
}

/** Whether its numbers, as they are, breach nothing: else they are a finding. */
function keepsTo(trial: Trial, run: RunFacts): boolean {
  return judgeByExpectations({ ...trial, verdict: 'pass' }, run).verdict === 'pass';
}

/** Whether the attempts that are left suffice for all trials that are not made, those under way in other labs apart. */
function mayRepeat(log: TrialLog, trials: number): boolean {
  const spare = trials * (1 + MOST_REPEATS_PER_TRIAL) - log.begun;
  const elsewhere = log.begun - log.attempts - 1;
  return spare >= trials - log.made - elsewhere;
}

/** One trial, and where its records go. */
interface TrialToMake {
  index: number;
  records: string;
  notes: readonly string[];
  faults: readonly DrillFault[];
}

async function oneTrial(
  lab: DrillLab,
  context: Pick<TrialContext, 'drill' | 'systems' | 'phase' | 'signal' | 'onProgress' | 'view'>,
  folder: RunFolder,
  run: RunFacts,
  { index, records, notes, faults }: TrialToMake,
): Promise<AnalysedTrial> {
  const facts = await runTrial(
    {
      ...context,
      lab: lab.lab,
      watch: lab.watch,
      note: (event, details) => folder.note(event, { lab: lab.lab.name, ...details }),
      keepRecord: (name, content) => {
        const file = recordFile(name, content);
        folder.writeRecord(path.join(records, file.name), file.content);
      },
      keepPieces: (name, pieces) => folder.writePieces(path.join(records, name), pieces),
    },
    index,
    faults,
    notes,
  );
  if (facts.mended === false) lab.giveUp(whatIsLeft(facts));
  context.view?.stage('analysing the records');
  folder.writeJson(path.join(records, TRIAL_FACTS_FILE), maskIn(facts));
  return analyseTrial(run, path.join(folder.path, records));
}

/** Why the lab of a trial that was not mended is not to be trusted: healing was tried twice by then. */
function whatIsLeft({ index, faults }: TrialFacts): string {
  const left = faults.filter(({ reverted_at }) => reverted_at === null);
  const names = left.map(({ kind, resolved }) => `${kind} of ${resolved}`).join(', ');
  return names === '' ? `trial ${index} did not end in good order` : `trial ${index} could not heal ${names}`;
}

/** Builds the lab anew where the trial before has left it broken. @returns what the report says of that. */
async function makeWhole(
  lab: DrillLab,
  folder: RunFolder,
  onProgress: (line: string) => void,
): Promise<string[]> {
  const why = await lab.whyBroken();
  if (why === undefined) return [];
  onProgress(`the lab is broken, and built anew: ${why}`);
  const next = lab.nextName();
  folder.note('rebuild', { why, lab: next.name });
  try {
    await lab.rebuild(next);
  } catch (error) {
    if (!(error instanceof HadrillError)) throw error;
    throw new EnvironmentError(
      `the lab is broken (${why}) and could not be built anew: ${messageOf(error)}`,
      {
        remedy: error.remedy ?? 'see that the engine runs; then `hadrill gc` removes what may be left',
        cause: error,
      },
    );
  }
  return [`the lab was built anew before this trial: ${why}`];
}

function outcome({ index, verdict, reason, records_dropped }: Trial): string {
  const why = reason?.replaceAll(`trial ${index}: `, '');
  const dropped = records_dropped ? ' (its captures and records are not kept: --keep-records)' : '';
  return `trial ${index}: ${verdict}${why ? `: ${why}` : ''}${dropped}`;
}
