import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { InputError, messageOf } from '../ground/errors.ts';
import type { Journal, Trial } from '../journal/journal.ts';
import { readRecord } from '../journal/read-record.ts';
import { RUN_FACTS_SCHEMA } from '../journal/run-facts.ts';
import { runFactsSchema } from '../journal/run-facts-schema.ts';
import { analyseTrial } from './analyse-trial.ts';
import { assembleJournal } from './assemble-journal.ts';
import { TRIAL_FACTS_FILE } from './trial-folder.ts';

/** Name of the file with a run's facts, in its folder. */
export const RUN_FACTS_FILE = 'run.json';

/** Folder of the records of the run's nth attempt at a trial, beside the journal. */
export function attemptFolder(attempt: number): string {
  return `trial-${attempt}`;
}

/**
 * Makes a run's journal anew from its captures and records, with the numbers that it had. Where the last
 * attempt was interrupted before its facts were written, it is left out, as it was then.
 * @throws InputError when a record is missing, or is not what it should be.
 */
export async function rebuildJournal(folder: string): Promise<Journal> {
  const run = await readRecord(
    path.join(folder, RUN_FACTS_FILE),
    'record of a run',
    RUN_FACTS_SCHEMA,
    runFactsSchema,
  );
  const attempts: Trial[] = [];
  for (const name of await attemptFolders(folder)) {
    const { trial } = await analyseTrial(run, path.join(folder, name));
    attempts.push({ ...trial, records: name });
  }
  // A trial that was made again is the one made last.
  const last = new Map(attempts.map((trial) => [trial.index, trial]));
  const trials = attempts.filter((trial) => last.get(trial.index) === trial);
  const repeated = attempts.filter((trial) => last.get(trial.index) !== trial);
  return assembleJournal(run, trials, repeated);
}

async function attemptFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder).catch((error: unknown) => {
    throw new InputError(`the folder ${folder} can't be read: ${messageOf(error)}`);
  });
  return entries
    .flatMap((name) => {
      const number = /^trial-(\d+)$/.exec(name)?.[1];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    })
    .sort((a, b) => a.number - b.number)
    .map(({ name }) => name)
    .filter((name, at, all) => at < all.length - 1 || existsSync(path.join(folder, name, TRIAL_FACTS_FILE)));
}
