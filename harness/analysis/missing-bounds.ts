import type { Bound, Trial } from '../journal/journal.ts';
import { slowestRouter } from '../systems/vrrp/findings/takeover.ts';
import type { FaultFindings } from './fault-findings.ts';
import type { ProbeResult } from './probe-results.ts';

/**
 * Why metrics have no bound, where their configuration would give one but is not followed: the virtual routers' and
 * clusters' own, those of probes that what these move serves, and those of clients whose DHCP servers have a
 * configuration of their own.
 * @param whyNot why there is no bound for how long a probe may be cut off; undefined where there would be none.
 * @param others more reasons, by the full names of the metrics.
 * @param bounds what there is: a metric that has one needs no reason.
 */
export function missingBounds(
  { routers, clusters }: FaultFindings,
  probes: readonly ProbeResult[],
  whyNot: (probe: ProbeResult) => string | undefined,
  others: Readonly<Record<string, string>>,
  bounds: Readonly<Record<string, Bound>>,
): Pick<Trial, 'missing_bounds'> {
  const waiting = probes.flatMap((result): [string, string][] => {
    const why = whyNot(result);
    return why === undefined ? [] : [[`${result.probe.name}.outage_ms`, why]];
  });
  const reasons = [
    ...Object.entries(slowestRouter(routers)?.missing_bounds ?? {}),
    ...Object.entries(clusters?.missing_bounds ?? {}),
    ...waiting,
    ...Object.entries(others),
  ].filter(([metric]) => !(metric in bounds));
  return reasons.length > 0 ? { missing_bounds: Object.fromEntries(reasons) } : {};
}
