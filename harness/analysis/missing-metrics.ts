import type { Trial } from '../journal/journal.ts';

/** Why there is no value, of metrics that the drill expects something of. */
export function missingMetrics(
  findings: readonly Required<Pick<Trial, 'missing_metrics'>>[],
  expected: readonly string[],
): Pick<Trial, 'missing_metrics'> {
  const all = findings.flatMap(({ missing_metrics }) => Object.entries(missing_metrics));
  const wanted = all.filter(([metric]) => expected.includes(metric));
  return wanted.length > 0 ? { missing_metrics: Object.fromEntries(wanted) } : {};
}
