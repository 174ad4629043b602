import { declarationOf } from '../../analysis/metrics.ts';
import type { ExpectationRecord, Journal } from '../../journal/journal.ts';
import { metricNames, trustedTrials, valuesOf } from '../../journal/trusted-trials.ts';

/** More strips than these nobody looks at; the table of numbers has all metrics. */
const MOST_STRIPS = 16;
const DRAWN_ROLES: ReadonlySet<string> = new Set(['outage', 'stall', 'takeover']);

/**
 * The metrics that are drawn: those that something is expected of, those that a protocol bounds, and for how long clients
 * went without. Of an expected metric there may be no number: that is shown as well. What failed or is unknown comes first.
 * @returns also how many more there are.
 */
export function stripMetrics(journal: Journal): { drawn: string[]; more: number } {
  const rank = ({ verdict }: ExpectationRecord) => ['fail', 'unknown', 'pass'].indexOf(verdict);
  const expected = journal.expectations.toSorted((a, b) => rank(a) - rank(b)).map(({ metric }) => metric);
  const others = metricNames(journal).filter((metric) => {
    const { role, reported } = declarationOf(metric);
    if (reported !== 'table' && reported !== 'first') return false;
    const bounded = trustedTrials(journal).some(({ bounds }) => Object.hasOwn(bounds, metric));
    return bounded || (DRAWN_ROLES.has(role) && valuesOf(journal, metric).some(({ value }) => value !== 0));
  });
  const all = [...new Set([...expected, ...others])];
  return { drawn: all.slice(0, MOST_STRIPS), more: Math.max(0, all.length - MOST_STRIPS) };
}
