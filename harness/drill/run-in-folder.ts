import { EnvironmentError, InterruptedError, messageOf, UnknownError } from '../ground/errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { RunFacts } from '../journal/run-facts.ts';
import type { DrillLab } from './drill-lab.ts';
import { DEFAULT_KEEP_RECORDS } from './record-keeper.ts';
import { RunFolder } from './run-folder.ts';
import type { RunOptions, RunResult } from './run-options.ts';
import { TrialLog } from './trial-log.ts';

/** The labs of a run, and what is done in them. */
export interface Labs {
  labs: readonly DrillLab[];
  run(folder: RunFolder, log: TrialLog): Promise<Journal>;
}

/**
 * Makes a run in a folder of its own. However it ends, its labs are removed, or one is left up where that was asked for.
 * @param prepare gives the labs, none of which is built yet; all of them end with the signal, which is also aborted when the
 * folder is lost.
 * @throws as `runDrill`.
 */
export async function runInFolder(
  facts: RunFacts,
  options: RunOptions,
  prepare: (signal: AbortSignal) => Labs,
): Promise<RunResult> {
  const folder = RunFolder.create(options.out, facts.drill, new Date(), options.seed);
  const signal = AbortSignal.any([folder.lost, ...(options.signal ? [options.signal] : [])]);
  const { labs, run } = prepare(signal);
  try {
    const log = new TrialLog(folder, facts, options.keep_records ?? DEFAULT_KEEP_RECORDS);
    const journal = await run(folder, log);
    const handed_on = options.hand_on && leftWhole(journal) ? await labs[0]!.handOn() : undefined;
    const kept = options.keep ? labs[0]!.lab.name : undefined;
    options.view?.stage(options.keep || handed_on ? 'letting go of the lab' : 'removing the lab');
    const left = await endLabs(labs, folder, { keep: options.keep, handed_on: handed_on !== undefined });
    return { journal, folder: folder.path, lab: kept, left, ...(handed_on ? { handed_on } : {}) };
  } catch (error) {
    const left = await endLabs(labs, folder, { keep: false });
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

/** Whether each fault of the last trial was seen and healed, and each audit passed: else nobody knows what it has left behind. */
function leftWhole({ trials }: Journal): boolean {
  const { faults, audits } = trials.at(-1) ?? { faults: [], audits: [] };
  const healed = faults.length > 0 && faults.every((one) => one.verified && one.reverted_at !== null);
  return healed && audits.length > 0 && audits.every(({ verdict }) => verdict === 'pass');
}

/** @returns what may be left of them: one sentence a lab. */
async function endLabs(
  labs: readonly DrillLab[],
  folder: RunFolder,
  { keep, handed_on = false }: { keep: boolean; handed_on?: boolean },
): Promise<readonly string[]> {
  const left = (await Promise.all(labs.map((lab) => lab.end({ keep })))).flat();
  const removed = {
    lab_removed: !keep && !handed_on && left.length === 0,
    ...(left.length > 0 ? { left } : {}),
  };
  if (!folder.isLost()) folder.note('end', removed);
  return left;
}
