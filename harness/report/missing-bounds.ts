import type { Journal } from '../journal/journal.ts';
import { trustedTrials } from '../journal/trusted-trials.ts';
import { atMost } from './at-most.ts';

/** Reasons that are listed one by one; one that names a moment is another in every trial. */
const MOST_REASONS = 10;

/** Why it is not known what is allowed for a metric. */
export interface MissingBounds {
  /** Each reason once; empty where the bound is known, or the metric has none. */
  of(metric: string): string[];
  /** The reasons that no expectation's problem gives, with the metrics of each: one sentence each. */
  notes(metrics: readonly string[]): string[];
}

/** What the trusted trials of a run say of bounds that they lack. */
export function missingBounds(journal: Journal): MissingBounds {
  const reasonsOf = (metric: string): string[] => [
    ...new Set(
      trustedTrials(journal).flatMap(({ missing_bounds = {} }) =>
        Object.hasOwn(missing_bounds, metric) ? [missing_bounds[metric]!] : [],
      ),
    ),
  ];
  const listed = new Set(
    journal.expectations
      .filter(({ op, verdict }) => op === 'within_bound' && verdict === 'unknown')
      .flatMap(({ metric }) => reasonsOf(metric)),
  );
  return {
    of: reasonsOf,
    notes(metrics) {
      const pairs = metrics.flatMap((metric) => reasonsOf(metric).map((reason) => ({ metric, reason })));
      const unlisted = pairs.filter(({ reason }) => !listed.has(reason));
      const notes = [...Map.groupBy(unlisted, ({ reason }) => reason)].map(
        ([reason, its]) =>
          `What is allowed for ${its.map(({ metric }) => metric).join(', ')} is not known: ${reason}`,
      );
      return atMost(notes, MOST_REASONS, (count) => `There are ${count} more such reasons in the journal.`);
    },
  };
}
