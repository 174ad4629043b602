import { type FaultSpan, faultOfOutage } from '../evidence/fault-spans.ts';
import { msFromNs } from '../ground/time.ts';
import type { Bound } from '../journal/journal.ts';
import { ofFault } from '../journal/metric-name.ts';
import type { Outage } from '../outage/outage.ts';
import { slowestRouter } from '../systems/vrrp/findings/takeover.ts';
import { routerMetrics } from '../systems/vrrp/findings/virtual-router.ts';
import type { FaultFindings } from './fault-findings.ts';
import { declarationOf } from './metrics.ts';
import type { ProbeResult } from './probe-results.ts';
import { probeTakeover } from './probe-takeover.ts';

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
  const spans = faults.map(({ span }) => span) as [FaultSpan, ...FaultSpan[]];
  for (const found of faults.slice(1)) {
    const { span, routers, clusters } = found;
    const slowest = slowestRouter(routers);
    const felt = probes.flatMap((result) => feltBy(result, found, spans) ?? []);
    const under = <Value>(named: Readonly<Record<string, Value>>) =>
      Object.entries(named).map(([name, value]) => [ofFault(span.number, name), value] as const);
    const add = <Value>(to: Record<string, Value>, named: Readonly<Record<string, Value>>) =>
      Object.assign(to, Object.fromEntries(under(named)));
    add(all.metrics, slowest ? perFault(routerMetrics(slowest, span.windows)) : {});
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
  spans: [FaultSpan, ...FaultSpan[]],
): { metric: string; outage_ms: number; bound: Bound | undefined; missing: string | undefined } | undefined {
  const { probe, kind, findings } = result;
  if (kind.on_link || !('outage_ms' in findings.metrics)) return undefined;
  const { takeover, missing } = probeTakeover(found, result);
  const outage_ms = longestOf(findings.outages, found.span, spans);
  const bounds = kind.bounds?.(probe.options, { takeover, outage_ms }, findings.metrics);
  return { metric: `${probe.name}.outage_ms`, outage_ms, bound: bounds?.outage_ms, missing };
}

/** Of a takeover's metrics those that every fault has by itself. */
function perFault(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([metric]) => declarationOf(metric).per_fault));
}

/**
 * The longest outage of a fault's stretch, in ms; 0 when there was none. One that had begun before the fault counts from
 * the fault on.
 */
function longestOf(outages: readonly Outage[], span: FaultSpan, spans: [FaultSpan, ...FaultSpan[]]): number {
  const { fault_ns, heal_ns } = span.windows;
  const lengths = outages
    .filter(({ start_ns, end_ns }) => start_ns < heal_ns && end_ns > fault_ns)
    .map((outage) => {
      const own = faultOfOutage(spans, outage) === span;
      return own ? outage.outage_ms : msFromNs(outage.end_ns - fault_ns);
    });
  return Math.max(0, ...lengths);
}
