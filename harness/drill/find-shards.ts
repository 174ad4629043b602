import { existsSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import path from 'node:path';
import { RUN_FACTS_FILE } from '../analysis/rebuild-journal.ts';
import { InputError } from '../ground/errors.ts';
import { readRecord } from '../journal/read-record.ts';
import { RUN_FACTS_SCHEMA, type RunFacts } from '../journal/run-facts.ts';
import { runFactsSchema } from '../journal/run-facts-schema.ts';
import {
  readTrialResults,
  resultKeeper,
  TRIAL_RESULTS_FILE,
  type TrialResult,
} from '../journal/trial-results.ts';

/** A shard of a run, as its folder has it. */
export interface ShardRun {
  folder: string;
  run: RunFacts;
  results: TrialResult[];
}

/**
 * The shards in these folders, those of one drill, profile and cell of a matrix together. A folder is that of a run, or has some up to three
 * folders below it.
 * @throws InputError when there is none in one of them, or one is damaged: a shard must not go unnoticed.
 */
export async function findShards(folders: readonly string[]): Promise<ShardRun[][]> {
  const there = new Map<string, string>();
  for (const folder of folders) {
    const runs = await runFolders(folder);
    if (runs.length === 0)
      throw new InputError(`there is no run in '${folder}': no ${RUN_FACTS_FILE} in it or below it`);
    for (const one of runs) there.set(path.resolve(one), one);
  }
  // What all of them have together decides how it is held.
  const keeperOf = resultKeeper([...there.values()].map(resultsOf));
  const found: ShardRun[] = [];
  for (const folder of there.values()) found.push(await readShard(folder, keeperOf));
  const groups = Map.groupBy(found, ({ run }) => JSON.stringify([run.drill, run.profile, run.command?.cell]));
  return [...groups.values()];
}

async function runFolders(folder: string): Promise<string[]> {
  if (!existsSync(folder)) throw new InputError(`there is no folder '${folder}'`);
  if (existsSync(path.join(folder, RUN_FACTS_FILE))) return [folder];
  const files: string[] = [];
  for await (const file of glob(`{*/,*/*/,*/*/*/}${RUN_FACTS_FILE}`, { cwd: folder })) files.push(file);
  return files.sort().map((file) => path.join(folder, path.dirname(file)));
}

function resultsOf(folder: string): string {
  return path.join(folder, TRIAL_RESULTS_FILE);
}

async function readShard(folder: string, keeperOf: ReturnType<typeof resultKeeper>): Promise<ShardRun> {
  const file = path.join(folder, RUN_FACTS_FILE);
  const run = await readRecord(file, 'record of a run', RUN_FACTS_SCHEMA, runFactsSchema);
  return { folder, run, results: readTrialResults(resultsOf(folder), keeperOf) };
}
