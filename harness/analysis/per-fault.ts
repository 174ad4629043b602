import type { LabTime } from '../ground/time.ts';
import type { Bound } from '../journal/journal.ts';
import type { Outage } from '../measure/outage.ts';
import type { FaultFindings } from './fault-findings.ts';
import type { ProbeResult } from './probe-results.ts';
import { probeTakeover } from './probe-takeover.ts';
import { slowestRouter } from './takeover.ts';
import { routerMetrics } from './virtual-router.ts';

/** What the faults after the first did, under `faultN.` before the metrics' own names. */
export interface LaterFindings {
  metrics: Record<string, number>;
  bounds: Record<string, Bound>;
  missing_bounds: Record<string, string>;
}

/** Each later fault by itself: how long the takeover took, what the clusters did, what clients felt. */
export function laterFindings(
  faults: readonly FaultFindings[],
  probes: readonly ProbeResult[],
): LaterFindings {
  const all: LaterFindings = { metrics: {}, bounds: {}, missing_bounds: {} };
  for (const found of faults.slice(1)) {
    const { span, routers, clusters } = found;
    const slowest = slowestRouter(routers);
    const felt = probes.flatMap((result) => feltBy(result, found) ?? []);
    const under = <Value>(named: Readonly<Record<string, Value>>) =>
      Object.entries(named).map(([name, value]) => [`fault${span.number}.${name}`, value] as const);
    const add = <Value>(to: Record<string, Value>, named: Readonly<Record<string, Value>>) =>
      Object.assign(to, Object.fromEntries(under(named)));
    add(all.metrics, slowest ? vipOnly(routerMetrics(slowest, span.windows)) : {});
    add(all.metrics, clusters?.metrics ?? {});
    add(all.bounds, { ...slowest?.bounds, ...clusters?.bounds });
    add(all.missing_bounds, { ...slowest?.missing_bounds, ...clusters?.missing_bounds });
    for (const { metric, outage_ms, bound, missing } of felt) {
      add(all.metrics, { [metric]: outage_ms });
      if (bound) add(all.bounds, { [metric]: bound });
      else if (missing !== undefined) add(all.missing_bounds, { [metric]: missing });
    }
  }
  return all;
}

/** undefined for a probe that does not see such a fault. */
function feltBy(
  result: ProbeResult,
  found: FaultFindings,
): { metric: string; outage_ms: number; bound: Bound | undefined; missing: string | undefined } | undefined {
  const { probe, kind, findings } = result;
  if (kind.on_link || !('outage_ms' in findings.metrics)) return undefined;
  const { fault_ns, heal_ns } = found.span.windows;
  const { takeover, missing } = probeTakeover(found, result);
  const outage_ms = longestFrom(findings.outages, fault_ns, heal_ns);
  const bounds = kind.bounds?.(probe.options, { takeover, outage_ms }, findings.metrics);
  return { metric: `${probe.name}.outage_ms`, outage_ms, bound: bounds?.outage_ms, missing };
}

function vipOnly(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([metric]) => metric.startsWith('vip.')));
}

/** The longest outage that began within a fault's stretch, in ms; 0 when none did. */
function longestFrom(outages: readonly Outage[], from_ns: LabTime, until_ns: LabTime): number {
  return outages
    .filter(({ start_ns }) => start_ns < until_ns && start_ns >= from_ns - LEAD_NS)
    .reduce((most, { outage_ms }) => Math.max(most, outage_ms), 0);
}

/** An outage begins in the middle between the last answer and the first that is missing: perhaps before its fault. */
const LEAD_NS = 10_000_000;
