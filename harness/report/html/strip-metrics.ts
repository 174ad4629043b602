import { declarationOf } from '../../analysis/metrics.ts';
import type { Journal } from '../../journal/journal.ts';
import { metricNames, trustedTrials, valuesOf } from '../../journal/trusted-trials.ts';

/** More strips than these nobody looks at; the table of numbers has all metrics. */
const MOST_STRIPS = 16;
const DRAWN_ROLES: ReadonlySet<string> = new Set(['outage', 'stall', 'takeover']);

/**
 * The metrics that are drawn: those that something is expected of, those that a protocol bounds, and for how long clients
 * went without. Of an expected metric there may be no number: that is shown as well.
 */
export function stripMetrics(journal: Journal): string[] {
  const expected = journal.expectations.map(({ metric }) => metric);
  const others = metricNames(journal).filter((metric) => {
    const { role, reported } = declarationOf(metric);
    if (reported !== 'table' && reported !== 'first') return false;
    const bounded = trustedTrials(journal).some(({ bounds }) => Object.hasOwn(bounds, metric));
    return bounded || (DRAWN_ROLES.has(role) && valuesOf(journal, metric).some(({ value }) => value !== 0));
  });
  return [...new Set([...expected, ...others])].slice(0, MOST_STRIPS);
}
