import path from 'node:path';
import { type AnalysedTrial, analyseTrial } from '../analysis/analyse-trial.ts';
import { attemptFolder, RUN_FACTS_FILE } from '../analysis/rebuild-journal.ts';
import { TRIAL_FACTS_FILE } from '../analysis/trial-folder.ts';
import { EnvironmentError, HadrillError, messageOf } from '../ground/errors.ts';
import { filesDigest } from '../ground/files-digest.ts';
import { maskIn, maskSecrets } from '../ground/mask-secrets.ts';
import { seededRandom } from '../ground/random.ts';
import { rfc3339FromEpochNs } from '../ground/time.ts';
import type { Journal, KeepRecords, Trial } from '../journal/journal.ts';
import { RUN_FACTS_SCHEMA, type RunFacts } from '../journal/run-facts.ts';
import { INTERRUPTED } from '../journal/trials-not-made.ts';
import type { Lab } from '../lab/lab.ts';
import type { DrillLab } from './drill-lab.ts';
import { describeEnvironment } from './environment.ts';
import type { LoadedDrill } from './load-drill.ts';
import { DEFAULT_KEEP_RECORDS } from './record-keeper.ts';
import type { RunFolder } from './run-folder.ts';
import { runTrial } from './trial.ts';
import type { TrialContext } from './trial-context.ts';
import { TrialLog } from './trial-log.ts';

/** A trial that the machine starved is repeated; so many more trials than asked for, at most. */
const MOST_REPEATS_PER_TRIAL = 1;

interface TrialsOptions {
  trials: number;
  seed: number;
  out: string;
  keep_records?: KeepRecords;
  signal: AbortSignal;
  onProgress?: (line: string) => void;
}

/**
 * Repeats the trial in a lab that is up, and writes the journal. A lab that is broken for good is built anew. From the beginning the run's records say how many trials
 * were asked for; where not all of them are made, they say why.
 * @returns the journal of all of them.
 * @throws what ends a trial; the signal's reason when it is aborted, after healing.
 */
export async function runTrials(
  lab: DrillLab,
  loaded: LoadedDrill,
  options: TrialsOptions,
  folder: RunFolder,
): Promise<Journal> {
  const run = await runFacts(lab.lab, loaded, options);
  folder.writeJson(RUN_FACTS_FILE, run);
  const log = new TrialLog(folder, run, options.keep_records ?? DEFAULT_KEEP_RECORDS);
  try {
    await makeTrials(lab, loaded, options, folder, run, log);
  } catch (error) {
    if (!folder.isLost()) {
      log.endEarly(options.signal.aborted ? INTERRUPTED : maskSecrets(messageOf(error)));
      options.onProgress?.(`${log.made} of ${options.trials} trials are on record in ${folder.path}`);
    }
    throw error;
  }
  log.catchUp();
  options.signal.throwIfAborted();
  return log.journal();
}

async function makeTrials(
  lab: DrillLab,
  { drill }: LoadedDrill,
  options: TrialsOptions,
  folder: RunFolder,
  run: RunFacts,
  log: TrialLog,
): Promise<void> {
  const { trials, signal, onProgress = () => undefined } = options;
  const random = seededRandom(options.seed);
  while (log.made < trials) {
    const index = log.made + 1;
    const notes = log.attempts > 0 ? await makeWhole(lab, folder, onProgress) : [];
    onProgress(`trial ${index} of ${trials}`);
    const records = attemptFolder(log.attempts + 1);
    const context = { drill, random, signal, onProgress };
    const { trial, starved } = await oneTrial(lab, context, folder, run, { index, records, notes });
    const spare = trials * (1 + MOST_REPEATS_PER_TRIAL) - (log.attempts + 1);
    // What failed in spite of it is a finding, and stays.
    const again = starved && trial.verdict !== 'fail' && spare >= trials - log.made;
    const judged = log.add(trial, again);
    onProgress(again ? `trial ${index} will be repeated: ${trial.reason}` : outcome(judged));
  }
}

async function oneTrial(
  lab: DrillLab,
  context: Pick<TrialContext, 'drill' | 'random' | 'signal' | 'onProgress'>,
  folder: RunFolder,
  run: RunFacts,
  { index, records, notes }: { index: number; records: string; notes: readonly string[] },
): Promise<AnalysedTrial> {
  const facts = await runTrial(
    {
      ...context,
      lab: lab.lab,
      watch: lab.watch,
      note: (event, details) => folder.note(event, details),
      keepRecord: (name, content) => folder.writeRecord(path.join(records, name), content),
      keepPieces: (name, pieces) => folder.writePieces(path.join(records, name), pieces),
    },
    index,
    notes,
  );
  folder.writeJson(path.join(records, TRIAL_FACTS_FILE), maskIn(facts));
  return analyseTrial(run, path.join(folder.path, records));
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

async function runFacts(
  lab: Lab,
  { drill, systems, files }: LoadedDrill,
  options: TrialsOptions,
): Promise<RunFacts> {
  const { scale } = systems;
  return {
    schema: RUN_FACTS_SCHEMA,
    drill: drill.name,
    topology: drill.topology,
    profile: drill.profile,
    seed: options.seed,
    started_at: rfc3339FromEpochNs(BigInt(Date.now()) * 1_000_000n),
    environment: await describeEnvironment(lab),
    command: {
      drill: drill.shipped ? drill.name : drill.file,
      out: path.resolve(options.out),
      environment: drill.environment,
      keep_records: options.keep_records ?? DEFAULT_KEEP_RECORDS,
      files: filesDigest(files),
    },
    ...(scale.length > 0 ? { scale: [...scale] } : {}),
    probes: drill.probes,
    hold: drill.hold,
    expect: drill.expect,
    trials_asked: options.trials,
  };
}

function outcome({ index, verdict, reason, records_dropped }: Trial): string {
  const why = reason?.replaceAll(`trial ${index}: `, '');
  const dropped = records_dropped ? ' (its captures and records are not kept: --keep-records)' : '';
  return `trial ${index}: ${verdict}${why ? `: ${why}` : ''}${dropped}`;
}
