import type { Engine } from '../engine/connect.ts';
import { messageOf } from '../ground/errors.ts';
import { maskSecrets } from '../ground/mask-secrets.ts';
import type { Journal } from '../journal/journal.ts';
import { INTERRUPTED } from '../journal/trials-not-made.ts';
import { nameInResults } from './distinct-names.ts';
import { DrillLab } from './drill-lab.ts';
import { firstFacts } from './first-facts.ts';
import type { LoadedDrill } from './load-drill.ts';
import { folderName, type RunFolder } from './run-folder.ts';
import { runInFolder } from './run-in-folder.ts';
import type { RunOptions, RunResult } from './run-options.ts';
import { runTrials } from './run-trials.ts';
import type { TrialLog } from './trial-log.ts';

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
  const count = Math.min(options.jobs ?? 1, facts.trials_asked ?? 1);
  return runInFolder(facts, options, (signal) => {
    const labs = Array.from({ length: count }, () => new DrillLab(engine, loaded, { signal, onProgress }));
    const run = (folder: RunFolder, log: TrialLog) =>
      runOnOneEngine(labs, loaded, { ...options, signal }, folder, log);
    return { labs, run };
  });
}

async function runOnOneEngine(
  labs: readonly DrillLab[],
  loaded: LoadedDrill,
  options: RunOptions & { signal: AbortSignal },
  folder: RunFolder,
  log: TrialLog,
): Promise<Journal> {
  const { drill } = loaded;
  const [first, ...others] = labs.map((lab) => ({ lab, ...lab.nextName() }));
  const { run_id, lab } = first!;
  const { in_lab } = options;
  const name = in_lab?.name ?? first!.name;
  folder.note('start', { drill: drill.name, profile: drill.profile, seed: options.seed, lab: name });
  options.view?.stage(in_lab ? 'looking at the lab' : 'building the lab');
  try {
    await (in_lab ? lab.adopt(in_lab) : lab.build({ name, run_id }));
    for (const other of others) folder.note('lab', { lab: other.name });
    await buildAll(others);
  } catch (error) {
    log.endEarly(options.signal.aborted ? INTERRUPTED : maskSecrets(messageOf(error)));
    throw error;
  }
  return runTrials(labs, loaded, options, folder, log);
}

/** Waits for each, also when one fails: nobody would remove a lab that is up after the others are gone. */
async function buildAll(all: readonly { lab: DrillLab; name: string; run_id: string }[]): Promise<void> {
  const built = await Promise.allSettled(all.map(({ lab, name, run_id }) => lab.build({ name, run_id })));
  const failed = built.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
