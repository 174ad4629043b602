import { existsSync } from 'node:fs';
import { z } from 'zod';
import { InputError } from '../ground/errors.ts';
import { readLines } from '../ground/read-lines.ts';
import { MIB } from '../ground/read-regular-file.ts';
import type { Trial } from './journal.ts';
import { trialSchema } from './journal-schema.ts';
import { keeperFor, type TrialKeeper } from './kept-trial.ts';
import { checkRecord } from './read-record.ts';

/**
 * Name of the file with what came out of every attempt at a trial, in a run's folder: one line each, as they ended. With
 * several labs that is not the order in which they began.
 */
export const TRIAL_RESULTS_FILE = 'trials.jsonl';

export const TRIAL_RESULT_SCHEMA = 'hadrill.result/1';

/** What came out of one attempt at a trial, before it is held against what the drill expects. */
export interface TrialResult {
  schema: typeof TRIAL_RESULT_SCHEMA;
  /** From 1 on: the attempt's records are in `trial-<attempt>`. */
  attempt: number;
  /** The machine starved it, and its numbers count for nothing: the trial was to be made again. */
  repeated?: true;
  trial: Trial;
}

const trialResultSchema = z.object({
  schema: z.literal(TRIAL_RESULT_SCHEMA),
  attempt: z.int().positive(),
  repeated: z.literal(true).exactOptional(),
  trial: trialSchema,
}) satisfies z.ZodType<TrialResult>;

/** Ten thousand trials take 40 MiB; the largest that can be made take some 30 times as much each. */
const LIMITS = { max_bytes: 4096 * MIB, what: "trials' results", no_link: true } as const;

/** One line of the file. */
export function trialResultLine(result: TrialResult): string {
  return `${JSON.stringify(result)}\n`;
}

/** Holds trials of such files; `keeperFor` says how. */
export function resultKeeper(files: readonly string[], most_bytes?: number): (file: string) => TrialKeeper {
  return keeperFor(files, (line) => (line as TrialResult).trial, most_bytes);
}

/**
 * Reads the results of a run's trials, by attempt; none when there is no such file, as in runs from before there was one. A last
 * line without its end is left out: the run was ended while it was written.
 * @param keeperOf how the trials are held; left out, as those of this file alone.
 * @throws InputError with the line, when one is not what it should be.
 */
export function readTrialResults(file: string, keeperOf = resultKeeper([file])): TrialResult[] {
  const results = new Map<number, TrialResult>();
  if (!existsSync(file)) return [];
  let keeper: TrialKeeper | undefined;
  let at = 0;
  readLines(file, LIMITS, (line, number) => {
    const position = { file, line: number };
    const text = line.toString('utf8');
    const result = checkRecord(text, position, 'result of a trial', TRIAL_RESULT_SCHEMA, trialResultSchema);
    if (results.has(result.attempt))
      throw new InputError([{ message: `attempt ${result.attempt} is there twice`, position }]);
    keeper ??= keeperOf(file);
    const trial = keeper.keep(result.trial, { at, length: line.length });
    results.set(result.attempt, { ...result, trial });
    at += line.length + 1;
  });
  return [...results.values()].sort((a, b) => a.attempt - b.attempt);
}

/** How many results there are. */
export function countTrialResults(file: string): number {
  return existsSync(file) ? readLines(file, LIMITS, () => undefined) : 0;
}
