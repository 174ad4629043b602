import type { Journal } from '../journal/journal.ts';
import { expectationRows } from './expectation-rows.ts';

/**
 * What became of the findings by which expectations are known to fail, one sentence each: still there, or not seen. Nothing
 * of those that could not be judged, which are problems as any other.
 */
export function knownFindings(journal: Journal): string[] {
  const rows = expectationRows(journal);
  return journal.expectations.flatMap(({ known, verdict }, at) => {
    if (known === undefined || verdict === 'unknown') return [];
    const { metric, wanted, observed } = rows[at]!;
    const seen = `${metric}: wanted ${wanted}, observed ${observed}`;
    return verdict === 'fail'
      ? [`Known finding: ${known} (${seen}).`]
      : [`A known finding was NOT seen: ${known} (${seen}). If it is gone, take 'known' out of the drill.`];
  });
}
