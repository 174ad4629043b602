import { existsSync } from 'node:fs';
import path from 'node:path';
import { RUN_FACTS_FILE } from '../../analysis/rebuild-journal.ts';
import { InputError } from '../../ground/errors.ts';
import { JOURNAL_FILE } from '../../journal/journal-text.ts';
import { readJournal } from '../../journal/read-journal.ts';
import { readRecord } from '../../journal/read-record.ts';
import { RUN_FACTS_SCHEMA } from '../../journal/run-facts.ts';
import { runFactsSchema } from '../../journal/run-facts-schema.ts';
import { findRuns } from '../history/find-runs.ts';
import type { Side } from './comparison.ts';

export interface FoundSides {
  /** Of each drill and profile the newest run. */
  sides: Side[];
  /** The folder is that of one run. */
  single: boolean;
  /** What could not be read and was skipped: one sentence each. */
  skipped: readonly string[];
}

/**
 * The runs of a folder that can be compared: its own, or the newest of each drill and profile in a folder for results.
 * @throws InputError when there is none, or the only one is damaged.
 */
export async function findSides(folder: string): Promise<FoundSides> {
  if (existsSync(path.join(folder, JOURNAL_FILE)))
    return { sides: [await readSide(folder)], single: true, skipped: [] };
  const { runs, skipped } = await findRuns(folder);
  const newest = new Map(runs.map((run) => [JSON.stringify([run.drill, run.profile]), run]));
  const sides = await Promise.all([...newest.values()].map((run) => readSide(run.folder)));
  if (sides.length === 0)
    throw new InputError(
      [`there is no run in '${folder}': no ${JOURNAL_FILE} in it or below it`, ...skipped].join('\n'),
    );
  return { sides, single: false, skipped };
}

/** The run that one is compared with: of the same drill and profile, else the only one of the drill. */
export function counterpart(
  { sides, single }: FoundSides,
  { drill, profile }: { drill: string; profile: string },
): Side | undefined {
  if (single) return sides[0];
  const of_drill = sides.filter(({ journal }) => journal.drill === drill);
  const exact = of_drill.find(({ journal }) => journal.profile === profile);
  return exact ?? (of_drill.length === 1 ? of_drill[0] : undefined);
}

async function readSide(folder: string): Promise<Side> {
  const file = path.join(folder, RUN_FACTS_FILE);
  const [journal, run] = await Promise.all([
    readJournal(path.join(folder, JOURNAL_FILE)),
    existsSync(file) ? readRecord(file, 'record of a run', RUN_FACTS_SCHEMA, runFactsSchema) : undefined,
  ]);
  return { folder, journal, probes: run?.probes };
}
