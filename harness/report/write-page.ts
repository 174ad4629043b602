import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../ground/errors.ts';
import type { Journal } from '../journal/journal.ts';
import { readEvidence } from './evidence.ts';
import { findRuns } from './history/find-runs.ts';
import { indexPage } from './html/index-page.ts';
import { PAGE_FILE } from './html/page.ts';
import { reportPage } from './html/report-page.ts';

/**
 * Writes the report as a page beside the journal.
 * @param baseline an earlier run of the drill, whose values are drawn beside.
 * @returns its path.
 * @throws what writing throws, such as ENOSPC.
 */
export async function writePage(folder: string, journal: Journal, baseline?: Journal): Promise<string> {
  const file = path.join(folder, PAGE_FILE);
  writeFileSync(file, reportPage(journal, undefined, await readEvidence(folder, journal), baseline));
  return file;
}

/** The report as a page, or why there is none: that changes nothing of what was found. */
export async function pageSentence(folder: string, journal: Journal, baseline?: Journal): Promise<string> {
  try {
    return `report: ${await writePage(folder, journal, baseline)}`;
  } catch (error) {
    return `note: the report could not be written as a page: ${messageOf(error)}`;
  }
}

/**
 * Writes a page over all runs of a folder for results into it.
 * @returns its path, and what was skipped because it is damaged.
 * @throws InputError when there is no such folder.
 */
export async function writeIndex(folder: string): Promise<{ file: string; skipped: readonly string[] }> {
  const found = await findRuns(folder);
  const file = path.join(folder, 'index.html');
  writeFileSync(file, indexPage(found, folder));
  return { file, skipped: found.skipped };
}
