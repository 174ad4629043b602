import type { Bound, Trial } from '../journal/journal.ts';
import type { ClustersFindings } from './clusters.ts';
import type { ProbeResult } from './probe-results.ts';

/**
 * Why metrics have no bound, where their configuration would give one but is not followed: the clusters' own, and those
 * of probes that what a cluster moves serves.
 * @param bounds what there is: a metric that has one needs no reason.
 */
export function missingBounds(
  probes: readonly ProbeResult[],
  clusters: ClustersFindings | undefined,
  bounds: Readonly<Record<string, Bound>>,
): Pick<Trial, 'missing_bounds'> {
  if (!clusters) return {};
  const { addresses, missing_takeover } = clusters;
  const behind = probes.filter(
    ({ kind, probe: { options } }) => kind.behind_cluster || addresses.has(String(options.address)),
  );
  const reasons = [
    ...Object.entries(clusters.missing_bounds),
    ...behind.flatMap(({ probe: { name } }): [string, string][] =>
      missing_takeover === undefined ? [] : [[`${name}.outage_ms`, missing_takeover]],
    ),
  ].filter(([metric]) => !(metric in bounds));
  return reasons.length > 0 ? { missing_bounds: Object.fromEntries(reasons) } : {};
}
