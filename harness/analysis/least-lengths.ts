import type { Trial } from '../journal/journal.ts';
import { parseMetricName } from '../journal/metric-name.ts';
import type { ProbeResult } from './probe-results.ts';

/**
 * The least that lengths of outages may be in which some requests were answered: of each probe's own lengths, of those
 * after later faults, and of the disturbance after healing. Which of several outages a length is of is not looked at: it is
 * taken to be as much shorter as all together may be.
 */
export function leastLengths(
  results: readonly ProbeResult[],
  metrics: Readonly<Record<string, number>>,
): Pick<Trial, 'least'> {
  const least: Record<string, number> = {};
  const shorter = new Map(results.map(({ probe, findings }) => [probe.name, findings.shorter_ms ?? {}]));
  const most = Math.max(0, ...[...shorter.values()].flatMap((one) => Object.values(one)));
  for (const [metric, value] of Object.entries(metrics)) {
    const { subject, measure } = parseMetricName(metric);
    const by_ms = metric === 'rejoin.outage_ms' ? most : (shorter.get(subject)?.[measure] ?? 0);
    if (by_ms > 0 && value > 0) least[metric] = Math.max(0, value - by_ms);
  }
  return Object.keys(least).length > 0 ? { least } : {};
}
