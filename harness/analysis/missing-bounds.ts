import type { Bound, Trial } from '../journal/journal.ts';
import type { FaultFacts } from '../journal/trial-facts.ts';
import type { ClustersFindings } from './clusters.ts';
import type { ProbeResult } from './probe-results.ts';

/** What is missing of the virtual routers, and whom that concerns. */
export interface MissingOfRouters {
  /** Metric to the reason. */
  missing: Readonly<Record<string, string>>;
  fault: Pick<FaultFacts, 'stops_forwarding' | 'loss'> | undefined;
  /** Their addresses. */
  vips: readonly string[];
}

/**
 * Why metrics have no bound, where their configuration would give one but is not followed: the clusters' own, and those
 * of probes that what a cluster moves serves; and those of clients whose DHCP servers have a configuration of their own.
 * @param bounds what there is: a metric that has one needs no reason.
 */
export function missingBounds(
  probes: readonly ProbeResult[],
  clusters: ClustersFindings | undefined,
  routers: MissingOfRouters,
  dnsmasq: Readonly<Record<string, string>>,
  bounds: Readonly<Record<string, Bound>>,
): Pick<Trial, 'missing_bounds'> {
  const reasons = [
    ...ofRouters(probes, routers),
    ...(clusters ? ofClusters(probes, clusters) : []),
    ...Object.entries(dnsmasq),
  ].filter(([metric]) => !(metric in bounds));
  return reasons.length > 0 ? { missing_bounds: Object.fromEntries(reasons) } : {};
}

/** Also of probes that are cut off until a takeover: those that ask for what is lost, or all that is routed. */
function ofRouters(
  probes: readonly ProbeResult[],
  { missing, fault, vips }: MissingOfRouters,
): [string, string][] {
  const why = missing['vip.takeover_ms'];
  const waiting = probes.filter(
    ({ kind, probe: { options } }) =>
      !kind.on_link && (fault?.stops_forwarding || (fault?.loss && vips.includes(String(options.address)))),
  );
  return [
    ...Object.entries(missing),
    ...waiting.flatMap(({ probe: { name } }): [string, string][] =>
      why === undefined ? [] : [[`${name}.outage_ms`, why]],
    ),
  ];
}

function ofClusters(
  probes: readonly ProbeResult[],
  { addresses, missing_takeover, missing_bounds }: ClustersFindings,
): [string, string][] {
  const behind = probes.filter(
    ({ kind, probe: { options } }) => kind.behind_cluster || addresses.has(String(options.address)),
  );
  return [
    ...Object.entries(missing_bounds),
    ...behind.flatMap(({ probe: { name } }): [string, string][] =>
      missing_takeover === undefined ? [] : [[`${name}.outage_ms`, missing_takeover]],
    ),
  ];
}
