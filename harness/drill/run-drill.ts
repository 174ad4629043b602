import type { Engine } from '../engine/connect.ts';
import { EnvironmentError, InterruptedError, messageOf, UnknownError } from '../ground/errors.ts';
import { maskSecrets } from '../ground/mask-secrets.ts';
import type { Journal } from '../journal/journal.ts';
import type { KeepRecords } from '../journal/run-command.ts';
import type { ShardOfRun } from '../journal/shard.ts';
import { INTERRUPTED } from '../journal/trials-not-made.ts';
import { nameInResults } from './distinct-names.ts';
import type { DrillFault } from './drill.ts';
import { DrillLab } from './drill-lab.ts';
import { firstFacts } from './first-facts.ts';
import type { LoadedDrill } from './load-drill.ts';
import { DEFAULT_KEEP_RECORDS } from './record-keeper.ts';
import { folderName, RunFolder } from './run-folder.ts';
import { runTrials } from './run-trials.ts';
import type { RunView } from './run-view.ts';
import { TrialLog } from './trial-log.ts';

export interface RunOptions {
  trials: number;
  /** The part of them that is made here; all where it is left out. */
  shard?: ShardOfRun | undefined;
  seed: number;
  /** In how many labs trials are made at the same time; 1 where it is left out. */
  jobs?: number | undefined;
  /** What trials break instead of what the drill says, by index: those of a run that is replayed. */
  replay?: ReadonlyMap<number, readonly DrillFault[]> | undefined;
  /** Folder of that run. */
  replay_of?: string | undefined;
  /** Folder for results. */
  out: string;
  /** Leave the lab up afterwards. */
  keep: boolean;
  /** Whose captures and probe records are kept; those of the first 100 trials of each verdict by default. */
  keep_records?: KeepRecords;
  signal?: AbortSignal | undefined;
  onProgress?: (line: string) => void;
  /** Who watches what is being done, for a live view. @internal */
  view?: RunView | undefined;
}

export interface RunResult {
  journal: Journal;
  /** Folder with the journal and the raw records. */
  folder: string;
  /** Name of the lab, when it was kept. */
  lab: string | undefined;
  /** What may be left of its labs, for people: one sentence each. */
  left: readonly string[];
}

/**
 * Runs a drill: builds its lab, or several, repeats the trial, judges, writes the journal, removes the labs.
 * @throws InputError; EnvironmentError, also when the run's folder is gone or its disk is full, after healing;
 *   InterruptedError when the signal was given, after healing.
 * @internal
 */
export async function runDrill(engine: Engine, loaded: LoadedDrill, options: RunOptions): Promise<RunResult> {
  const { drill } = loaded;
  drill.name = nameInResults(drill, options.out, folderName);
  const onProgress = options.onProgress ?? (() => undefined);
  const facts = await firstFacts(engine, loaded, options);
  const folder = RunFolder.create(options.out, drill.name, new Date(), options.seed);
  const signal = AbortSignal.any([folder.lost, ...(options.signal ? [options.signal] : [])]);
  const count = Math.min(options.jobs ?? 1, facts.trials_asked ?? 1);
  const labs = Array.from({ length: count }, () => new DrillLab(engine, loaded, { signal, onProgress }));
  const [first, ...others] = labs.map((lab) => ({ lab, ...lab.nextName() }));
  try {
    const log = new TrialLog(folder, facts, options.keep_records ?? DEFAULT_KEEP_RECORDS);
    const { name, run_id, lab } = first!;
    folder.note('start', { drill: drill.name, profile: drill.profile, seed: options.seed, lab: name });
    options.view?.stage('building the lab');
    try {
      await lab.build({ name, run_id });
      for (const other of others) folder.note('lab', { lab: other.name });
      await buildAll(others);
    } catch (error) {
      log.endEarly(signal.aborted ? INTERRUPTED : maskSecrets(messageOf(error)));
      throw error;
    }
    const journal = await runTrials(labs, loaded, { ...options, signal }, folder, log);
    const kept = options.keep ? lab.lab.name : undefined;
    options.view?.stage(options.keep ? 'letting go of the lab' : 'removing the lab');
    const left = await endLabs(labs, folder, options.keep);
    return { journal, folder: folder.path, lab: kept, left };
  } catch (error) {
    const left = await endLabs(labs, folder, false);
    // What failed because its records are gone is reported as that.
    const reason = folder.isLost() ? folder.lost.reason : error;
    if (left.length > 0) {
      const words = [messageOf(reason), ...left].join('\n');
      throw reason instanceof EnvironmentError
        ? new EnvironmentError(words, { cause: error })
        : new UnknownError(words, { cause: error });
    }
    if (options.signal?.aborted)
      throw new InterruptedError('interrupted: everything was healed and the lab removed');
    throw reason;
  } finally {
    folder.close();
  }
}

/** Waits for each, also when one fails: nobody would remove a lab that is up after the others are gone. */
async function buildAll(all: readonly { lab: DrillLab; name: string; run_id: string }[]): Promise<void> {
  const built = await Promise.allSettled(all.map(({ lab, name, run_id }) => lab.build({ name, run_id })));
  const failed = built.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** @returns what may be left of them: one sentence a lab. */
async function endLabs(
  labs: readonly DrillLab[],
  folder: RunFolder,
  keep: boolean,
): Promise<readonly string[]> {
  const left = (await Promise.all(labs.map((lab) => lab.end({ keep })))).flat();
  const removed = { lab_removed: !keep && left.length === 0, ...(left.length > 0 ? { left } : {}) };
  if (!folder.isLost()) folder.note('end', removed);
  return left;
}
