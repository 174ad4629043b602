import { attemptFolder } from '../analysis/rebuild-journal.ts';
import type { Journal } from '../journal/journal.ts';
import type { RunFacts } from '../journal/run-facts.ts';
import type { DrillLab } from './drill-lab.ts';
import { describeEnvironment } from './environment.ts';
import { faultPhase } from './fault-phases.ts';
import type { LoadedDrill } from './load-drill.ts';
import { isWorthRepeating, makeTrial, makeWhole, outcome } from './make-trial.ts';
import { onRecord } from './on-record.ts';
import { faultsOfTrial } from './random-faults.ts';
import type { RunFolder } from './run-folder.ts';
import { sideBySide, TrialQueue } from './side-by-side.ts';
import type { TrialLog } from './trial-log.ts';
import { countOf, type TrialsOptions } from './trials-options.ts';

/** A trial whose measurement is in doubt, mostly of a starved machine, is repeated; so many more than asked for, at most. */
const MOST_REPEATS_PER_TRIAL = 1;

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
  const make = async () => {
    const run = log.madeOn(await describeEnvironment(labs[0]!.lab));
    const queue = new TrialQueue(options.shard?.first ?? 1, countOf(options));
    await sideBySide(labs, queue, (lab) => makeTrials(lab, loaded, options, folder, { run, log, queue }));
  };
  return onRecord(make, options, folder, log);
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
    const { trial, starved, doubted } = await makeTrial(lab, context, folder, run, {
      ...{ index, records: attemptFolder(attempt), notes },
      faults: faultsOf(index),
    });
    const again = isWorthRepeating({ trial, starved, doubted }, run) && mayRepeat(log, trials);
    const judged = log.add(attempt, trial, again);
    view?.trialEnds(again ? 'again' : judged.verdict);
    onProgress(again ? `trial ${index} will be repeated: ${trial.reason}` : outcome(judged));
    again_of = again ? again_of + 1 : 0;
    if (!again || queue.stopped) index = queue.next();
  }
}

/** Whether the attempts that are left suffice for all trials that are not made, those under way in other labs apart. */
function mayRepeat(log: TrialLog, trials: number): boolean {
  const spare = trials * (1 + MOST_REPEATS_PER_TRIAL) - log.begun;
  const elsewhere = log.begun - log.attempts - 1;
  return spare >= trials - log.made - elsewhere;
}
