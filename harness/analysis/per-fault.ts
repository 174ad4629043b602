import { type FaultSpan, faultOfOutage } from '../evidence/fault-spans.ts';
import { msFromNs } from '../ground/time.ts';
import type { Bound, MetricPart } from '../journal/journal.ts';
import { ofFault } from '../journal/metric-name.ts';
import type { TrialWindows } from '../journal/trial-facts.ts';
import type { Outage } from '../outage/outage.ts';
import { causeFor } from './causes.ts';
import { declarationOf } from './metrics.ts';
import { longestSeen, type ProbeResult } from './probe-results.ts';
import type { FaultFindings } from './system-findings.ts';

/** What the faults after the first did, under `faultN.` before the metrics' own names. */
export interface LaterFindings {
  metrics: Record<string, number>;
  bounds: Record<string, Bound>;
  missing_bounds: Record<string, string>;
  missing_metrics: Record<string, string>;
  parts: Record<string, MetricPart[]>;
}

/** Each later fault by itself: what the systems under test did about it, what clients felt. */
export function laterFindings(
  faults: readonly FaultFindings[],
  probes: readonly ProbeResult[],
): LaterFindings {
  const all: LaterFindings = { metrics: {}, bounds: {}, missing_bounds: {}, missing_metrics: {}, parts: {} };
  const spans = faults.map(({ span }) => span) as [FaultSpan, ...FaultSpan[]];
  for (const found of faults.slice(1)) {
    const { span } = found;
    const add = <Value>(to: Record<string, Value>, named: Readonly<Record<string, Value>>) => {
      for (const [name, value] of Object.entries(named)) to[ofFault(span.number, name)] = value;
    };
    add(all.metrics, perFault(found.metrics));
    add(all.bounds, found.bounds);
    add(all.missing_bounds, found.missing_bounds);
    add(all.missing_metrics, found.missing_metrics);
    add(all.parts, found.parts);
    for (const { metric, outage_ms, bound } of probes.flatMap((one) => feltBy(one, found, spans) ?? [])) {
      add(all.metrics, { [metric]: outage_ms });
      if (typeof bound === 'string') add(all.missing_bounds, { [metric]: bound });
      else if (bound) add(all.bounds, { [metric]: bound });
    }
  }
  return all;
}

/** undefined for a probe that does not see such a fault. */
function feltBy(
  { probe, kind, findings }: ProbeResult,
  { span, causes }: FaultFindings,
  spans: [FaultSpan, ...FaultSpan[]],
): { metric: string; outage_ms: number; bound: Bound | string | undefined } | undefined {
  if (kind.on_link || !('outage_ms' in findings.metrics)) return undefined;
  const outage_ms = longestOf(findings.outages, span, spans);
  const cause = { ...causeFor(causes, kind, probe.options), outage_ms };
  const bounds = kind.bounds?.(probe.options, cause, findings.metrics);
  return { metric: `${probe.name}.outage_ms`, outage_ms, bound: bounds?.outage_ms };
}

/** Those that every fault has by itself. */
function perFault(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([metric]) => declarationOf(metric).per_fault));
}

/**
 * The longest outage of a fault's stretch, in ms; 0 when there was none. One that had begun before the fault counts from
 * the fault on. One that a later fault caused is not of it, though it may begin a moment before: requests that were under
 * way are lost with it.
 */
export function longestOf(
  outages: readonly Outage[],
  span: FaultSpan,
  spans: [FaultSpan, ...FaultSpan[]],
): number {
  const { fault_ns, heal_ns } = span.windows;
  const lengths = outages
    .filter(({ start_ns, end_ns }) => start_ns < heal_ns && end_ns > fault_ns)
    .flatMap((outage) => {
      const own = faultOfOutage(spans, outage);
      if (own.number > span.number) return [];
      return own === span ? outage.outage_ms : msFromNs(outage.end_ns - fault_ns);
    });
  return Math.max(0, ...lengths);
}

/** The fault in whose stretch the longest outage of a probe began: the outage is judged against that fault's bound. */
export function faultOfLongest(
  faults: [FaultFindings, ...FaultFindings[]],
  { findings }: Pick<ProbeResult, 'findings'>,
  windows: TrialWindows,
): FaultFindings {
  const outage = longestSeen(findings.outages, windows);
  const spans = faults.map(({ span, ...rest }) => ({ windows: span.windows, ...rest, span }));
  const [first, ...others] = spans;
  return outage ? faultOfOutage([first!, ...others], outage) : faults[0];
}
