import { cp } from 'node:fs/promises';
import path from 'node:path';
import { journalOfResults } from '../analysis/assemble-journal.ts';
import { attemptFolder, RUN_FACTS_FILE } from '../analysis/rebuild-journal.ts';
import { InputError, messageOf, UnknownError } from '../ground/errors.ts';
import { together } from '../journal/engines-of-run.ts';
import type { Journal } from '../journal/journal.ts';
import { withChanges } from '../journal/kept-trial.ts';
import type { RunCommand } from '../journal/run-command.ts';
import type { RunFacts } from '../journal/run-facts.ts';
import { TRIAL_RESULT_SCHEMA, type TrialResult } from '../journal/trial-results.ts';
import { trialsNotMade } from '../journal/trials-not-made.ts';
import type { ShardRun } from './find-shards.ts';
import { machineOf, mergedEnvironment } from './merged-environment.ts';
import { RunFolder } from './run-folder.ts';
import { refuseDifferent } from './same-run.ts';

/** A run that was put together of its shards. */
export interface MergedRun {
  journal: Journal;
  folder: string;
}

/** An attempt at a trial, and where it comes from. */
interface Attempt {
  result: TrialResult;
  shard: ShardRun;
}

/**
 * Puts the shards of one run together, as if one machine had made it: journal, captures and records. Trials that are missing
 * are not known, and so is the run.
 * @param out the folder for results.
 * @throws InputError when they are not of one run, or records are missing; UnknownError when a trial is there twice.
 */
export async function mergeShards(shards: readonly ShardRun[], out: string): Promise<MergedRun> {
  const sorted = shards.toSorted((a, b) => a.run.started_at.localeCompare(b.run.started_at));
  refuseDifferent(sorted);
  const attempts = inOrder(sorted);
  refuseDoubled(attempts);
  const run = mergedFacts(sorted, out);
  const folder = RunFolder.create(out, run.drill, new Date(run.started_at), run.seed);
  try {
    folder.note('merge', { shards: sorted.map(({ folder: from }) => from) });
    folder.writeJson(RUN_FACTS_FILE, run);
    const results: TrialResult[] = [];
    for (const [at, one] of attempts.entries()) {
      const result = await take(one, at + 1, folder.path, machineOf(one.shard, sorted));
      folder.addResult(result);
      results.push(result);
    }
    const journal = journalOfResults(run, results);
    folder.writeJournal(journal);
    return { journal, folder: folder.path };
  } finally {
    folder.close();
  }
}

/** What is missing, for people; undefined when all trials are there. */
export function missingTrials(journal: Journal): string | undefined {
  const missing = trialsNotMade(journal);
  if (!missing) return undefined;
  const { first, last } = missing;
  const asked = journal.trials_asked ?? 0;
  return `${asked - journal.trials.length} of ${asked} trials are missing, the first is ${first}, the last ${last}`;
}

/** By trial, and those of one trial as they were made. */
function inOrder(shards: readonly ShardRun[]): Attempt[] {
  const all = shards.flatMap((shard) => shard.results.map((result) => ({ result, shard })));
  return all.sort(
    (a, b) => a.result.trial.index - b.result.trial.index || a.result.attempt - b.result.attempt,
  );
}

function refuseDoubled(attempts: readonly Attempt[]): void {
  const made = Map.groupBy(
    attempts.filter(({ result }) => !result.repeated),
    ({ result }) => result.trial.index,
  );
  const doubled = [...made].filter(([, all]) => all.length > 1);
  const [first] = doubled;
  if (!first) return;
  const [index, all] = first;
  const more = doubled.length > 1 ? `, and ${doubled.length - 1} more are` : '';
  throw new UnknownError(
    `trial ${index} is there ${all.length} times, in ${all.map(({ shard }) => shard.folder).join(' and ')}${more}: ` +
      'give the shards of one run, each once',
  );
}

function mergedFacts(shards: readonly ShardRun[], out: string): RunFacts {
  const { shard, ended_early: _, ...first } = shards[0]!.run;
  const early = together(shards.flatMap(({ run }) => run.ended_early ?? []));
  const asked = shard?.trials ?? first.trials_asked;
  return {
    ...first,
    environment: mergedEnvironment(shards),
    ...(first.command ? { command: mergedCommand(first.command, shards, out) } : {}),
    ...(asked === undefined ? {} : { trials_asked: asked }),
    ...(early === '' ? {} : { ended_early: early }),
  };
}

/** The command that repeats the whole run. Where shards were made over engines of their own, none of these makes all of it. */
function mergedCommand(first: RunCommand, shards: readonly ShardRun[], out: string): RunCommand {
  const { engines, ...command } = first;
  const same = shards.every(({ run }) => run.command?.engines === engines);
  return { ...command, out: path.resolve(out), ...(same && engines !== undefined ? { engines } : {}) };
}

/** Copies the records of an attempt. @returns its result as one of the merged run. */
async function take(
  { result, shard }: Attempt,
  attempt: number,
  to: string,
  on: string | undefined,
): Promise<TrialResult> {
  const { trial, repeated } = result;
  const records = trial.records === undefined ? undefined : attemptFolder(attempt);
  if (records !== undefined)
    await copyRecords(path.join(shard.folder, attemptFolder(result.attempt)), path.join(to, records));
  return {
    schema: TRIAL_RESULT_SCHEMA,
    attempt,
    ...(repeated ? { repeated } : {}),
    // Of a run over several engines each trial says itself where it was made.
    trial: withChanges(trial, { machine: trial.machine ?? on, records }),
  };
}

async function copyRecords(from: string, to: string): Promise<void> {
  try {
    await cp(from, to, { recursive: true, errorOnExist: true });
  } catch (error) {
    throw new InputError(`the records of a trial can't be copied: ${messageOf(error)}`, { cause: error });
  }
}
