import { type FaultSpan, faultOfOutage } from '../evidence/fault-spans.ts';
import type { Bound } from '../journal/journal.ts';
import type { TrialWindows } from '../journal/trial-facts.ts';
import { slowestRouter } from '../systems/vrrp/findings/takeover.ts';
import type { FaultFindings } from './fault-findings.ts';
import { longestOutage, type ProbeResult } from './probe-results.ts';

/** How long a fault may keep a probe from its service, or why that is not known. */
export interface ProbeTakeover {
  /** undefined when the fault does not cut the probe off, or it is not known. */
  takeover: Bound | undefined;
  missing: string | undefined;
}

/** The fault in whose stretch the longest outage of a probe began: the outage is judged against that fault's bound. */
export function faultOfLongest(
  faults: readonly FaultFindings[],
  result: ProbeResult,
  windows: TrialWindows,
): FaultFindings {
  const outage = longestOutage([result], windows);
  const spans = faults.map(({ span }) => span) as [FaultSpan, ...FaultSpan[]];
  return faults[outage ? spans.indexOf(faultOfOutage(spans, outage)) : 0]!;
}

/** What a fault means for a probe: the takeover of the address that it asks at, or of the routers on its way. */
export function probeTakeover(
  { span: { fault }, routers, clusters }: FaultFindings,
  { kind, probe: { options } }: ProbeResult,
): ProbeTakeover {
  const address = String(options.address);
  // What is lost behind the address alone, a balancer's process say, is back with the address.
  const asked = fault.loss ? routers.find((one) => one.router.vip === address) : undefined;
  const slowest = fault.stops_forwarding ? slowestRouter(routers) : undefined;
  const routed = ofRouter(asked) ?? ofRouter(slowest);
  const missing = kind.on_link ? undefined : (routed?.missing ?? undefined);
  if (clusters?.addresses.has(address))
    return { takeover: clusters.takeover, missing: clusters.missing_takeover ?? missing };
  if (kind.behind_cluster) {
    // Which of the routers a request goes by is not known: with one of them gone there is no bound for what is behind.
    const takeover = ofRouter(slowest)?.takeover ? undefined : clusters?.takeover;
    return { takeover, missing: clusters?.missing_takeover ?? missing };
  }
  return { takeover: routed?.takeover, missing };
}

function ofRouter(
  found: { bounds: Record<string, Bound>; missing_bounds: Record<string, string> } | undefined,
): ProbeTakeover | undefined {
  const takeover = found?.bounds['vip.takeover_ms'];
  const missing = found?.missing_bounds['vip.takeover_ms'];
  return takeover || missing !== undefined ? { takeover, missing } : undefined;
}
