import { existsSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import path from 'node:path';
import { InputError, messageOf } from '../../ground/errors.ts';
import { JOURNAL_FILE } from '../../journal/journal-text.ts';
import { readJournal } from '../../journal/read-journal.ts';
import { keyOf, type RunRecord, recordOf } from './run-record.ts';

export interface FoundRuns {
  /** Oldest first; one that is there twice is here once. */
  runs: RunRecord[];
  /** What could not be read and was skipped: one sentence each. */
  skipped: string[];
}

/**
 * The runs in a folder for results, up to three folders deep. What is damaged is skipped and named.
 * @throws InputError when there is no such folder.
 */
export async function findRuns(folder: string): Promise<FoundRuns> {
  if (!existsSync(folder)) throw new InputError(`there is no folder '${folder}'`);
  const runs = new Map<string, RunRecord>();
  const skipped: string[] = [];
  const files: string[] = [];
  for await (const file of glob(`{,*/,*/*/,*/*/*/}${JOURNAL_FILE}`, { cwd: folder })) files.push(file);
  for (const file of files.sort()) {
    const whole = path.join(folder, file);
    try {
      const run = recordOf(await readJournal(whole), path.dirname(whole));
      runs.set(keyOf(run), run);
    } catch (error) {
      skipped.push(`skipped ${whole}: ${messageOf(error)}`);
    }
  }
  return { runs: [...runs.values()].sort((a, b) => a.started_at.localeCompare(b.started_at)), skipped };
}
