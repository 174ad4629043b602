import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { InputError, messageOf } from '../ground/errors.ts';
import { factsOnEngine } from '../journal/engines-of-run.ts';
import type { Journal, Trial } from '../journal/journal.ts';
import { readRecord } from '../journal/read-record.ts';
import { RUN_FACTS_SCHEMA, type RunFacts } from '../journal/run-facts.ts';
import { runFactsSchema } from '../journal/run-facts-schema.ts';
import { readTrialResults, TRIAL_RESULTS_FILE, type TrialResult } from '../journal/trial-results.ts';
import { analyseTrial } from './analyse-trial.ts';
import { assembleJournal, journalOfResults } from './assemble-journal.ts';
import { TRIAL_FACTS_FILE } from './trial-folder.ts';

/** Name of the file with a run's facts, in its folder. */
export const RUN_FACTS_FILE = 'run.json';

/** Folder of the records of the run's nth attempt at a trial, beside the journal. */
export function attemptFolder(attempt: number): string {
  return `trial-${attempt}`;
}

/**
 * Makes a run's journal anew from its captures and records, with the numbers that it had. Where the last
 * attempt was interrupted before its facts were written, it is left out, as it was then. Of a trial whose records were
 * not kept it takes what was noted of it.
 * @throws InputError when a record is missing, or is not what it should be.
 */
export async function rebuildJournal(folder: string): Promise<Journal> {
  const run = await readRunFacts(folder);
  const noted = readTrialResults(path.join(folder, TRIAL_RESULTS_FILE));
  const attempts: Attempt[] = noted.flatMap(({ attempt, trial }) =>
    trial.records_dropped ? [{ number: attempt, trial }] : [],
  );
  const places = new Map(noted.map(({ attempt, trial }) => [attempt, placeOf(trial)]));
  const dropped = new Set(attempts.map(({ number }) => number));
  const recorded = (await attemptFolders(folder, new Set(places.keys()))).filter(
    (number) => !dropped.has(number),
  );
  refuseGaps(folder, noted, recorded);
  for (const number of recorded) {
    const records = attemptFolder(number);
    const place = places.get(number) ?? {};
    const { trial } = await analyseTrial(factsOnEngine(run, place), path.join(folder, records));
    attempts.push({ number, trial: { ...trial, ...place, records } });
    // Files are read and counted without a pause: here a signal is heard.
    await setImmediate();
  }
  const all = attempts.sort((a, b) => a.number - b.number).map(({ trial }) => trial);
  // A trial that was made again is the one made last.
  const last = new Map(all.map((trial) => [trial.index, trial]));
  const trials = all.filter((trial) => last.get(trial.index) === trial);
  const repeated = all.filter((trial) => last.get(trial.index) !== trial);
  return assembleJournal(run, trials, repeated);
}

/**
 * The journal of a run that ended before it was written: of what was noted of each trial.
 * @throws InputError when a file is missing, or is not what it should be.
 */
export async function journalOfNotedResults(folder: string): Promise<Journal> {
  return journalOfResults(
    await readRunFacts(folder),
    readTrialResults(path.join(folder, TRIAL_RESULTS_FILE)),
  );
}

/** Where a trial was made, in a run of which that is noted. */
function placeOf({ machine, engine }: Trial): Pick<Trial, 'machine' | 'engine'> {
  return { ...(machine === undefined ? {} : { machine }), ...(engine === undefined ? {} : { engine }) };
}

interface Attempt {
  number: number;
  trial: Trial;
}

function readRunFacts(folder: string): Promise<RunFacts> {
  return readRecord(path.join(folder, RUN_FACTS_FILE), 'record of a run', RUN_FACTS_SCHEMA, runFactsSchema);
}

/** A trial that is known to have been made must not vanish from the numbers. */
function refuseGaps(folder: string, noted: readonly TrialResult[], recorded: readonly number[]): void {
  const there = new Set(recorded);
  const gone = noted.filter(({ attempt, trial }) => !trial.records_dropped && !there.has(attempt));
  if (gone.length === 0) return;
  throw new InputError(
    gone.map(({ attempt }) => ({
      message: `the records of an attempt that ${TRIAL_RESULTS_FILE} lists are gone`,
      position: { file: path.join(folder, attemptFolder(attempt)) },
    })),
  );
}

/**
 * The numbers of the attempts that have a folder. Those that were interrupted are left out, one of each lab: their facts
 * were not written, nor was noted what came out of them.
 */
async function attemptFolders(folder: string, noted: ReadonlySet<number>): Promise<number[]> {
  const entries = await readdir(folder).catch((error: unknown) => {
    throw new InputError(`the folder ${folder} can't be read: ${messageOf(error)}`);
  });
  return entries
    .flatMap((name) => {
      const number = /^trial-(\d+)$/.exec(name)?.[1];
      return number === undefined ? [] : [Number(number)];
    })
    .sort((a, b) => a - b)
    .filter(
      (number, at, all) =>
        (noted.size > 0 ? noted.has(number) : at < all.length - 1) ||
        existsSync(path.join(folder, attemptFolder(number), TRIAL_FACTS_FILE)),
    );
}
