import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Journal } from '../journal/journal.ts';
import { readEvidence } from './evidence.ts';
import { reportPage } from './html/report-page.ts';

/** Name of the page in a run's folder. */
const PAGE_FILE = 'report.html';

/**
 * Writes the report as a page beside the journal.
 * @returns its path.
 * @throws what writing throws, such as ENOSPC.
 */
export async function writePage(folder: string, journal: Journal): Promise<string> {
  const file = path.join(folder, PAGE_FILE);
  writeFileSync(file, reportPage(journal, undefined, await readEvidence(folder, journal)));
  return file;
}
