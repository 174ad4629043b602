import { cleanLines } from '../ground/clean-text.ts';
import { headline } from '../report/headline.ts';
import { problemsOf } from '../report/problems.ts';
import { textTable } from '../report/text-table.ts';
import { timelineTable } from '../report/timeline-table.ts';
import { trialNotes } from '../report/trial-notes.ts';
import type { Claim } from './claim.ts';

/**
 * What a test that failed says: what was claimed, what was found, and what happened in the trial with the longest outage.
 * @param claimed `the service to recover within 4s`
 * @param folder with the journal and the records.
 */
export function claimMessage({ verdict, journal, lack }: Claim, claimed: string, folder?: string): string {
  const not =
    verdict === 'unknown' ? 'this could not be measured' : verdict === 'fail' ? 'it did not' : 'it did';
  const timeline = timelineTable(journal);
  const lines = cleanLines([
    `expected ${claimed}: ${lack ?? not}`,
    ...indented(journal.expectations.map(({ metric, detail = '' }) => `${metric}: ${detail}`)),
    ...indented([...headline(journal), ...trialNotes(journal)]),
    ...problemsOf(journal).flatMap(({ verdict: of, where, lines: said }) => [
      `${of.toUpperCase()} ${where}`,
      ...indented(said.flatMap((line) => line.split('\n'))),
    ]),
  ]);
  const table = timeline
    ? textTable(timeline.head, cleanLines(timeline.rows), { right: [0] }).trimEnd()
    : undefined;
  return [
    ...lines,
    ...(table === undefined ? [] : ['', timeline!.title, table]),
    ...(folder === undefined ? [] : ['', `report: ${folder}`]),
  ].join('\n');
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
