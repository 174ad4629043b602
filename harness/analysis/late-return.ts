import { msFromNs, NS_PER_MS } from '../ground/time.ts';
import type { Trial } from '../journal/journal.ts';
import { parseMetricName } from '../journal/metric-name.ts';
import type { TrialWindows } from '../journal/trial-facts.ts';
import { declarationOf } from './metrics.ts';
import type { ProbeResult } from './probe-results.ts';
import { withoutMetrics } from './without-metrics.ts';

type Parts = Pick<
  Trial,
  'metrics' | 'bounds' | 'missing_metrics' | 'missing_bounds' | 'notes' | 'lower_bounds'
>;

/**
 * A trial whose machine was late only after healing began, without what is of that time: these metrics have the reason
 * instead of a value. What was known when healing began stays as it is.
 * @param expected metrics that the drill expects something of.
 */
export function withoutReturn<Of extends Parts>(
  trial: Of,
  reason: string,
  windows: TrialWindows,
  expected: readonly string[],
): Of {
  return withoutMetrics(trial, (metric) => !isKnownAtHealing(metric, trial, windows), reason, expected);
}

/**
 * Whether what probes saw until healing began was over by then: no time without service and no partial loss reached beyond
 * it, and nothing was missing at the end. Else a late machine may have made it longer.
 */
export function wasOverAtHealing(probes: readonly ProbeResult[], { heal_ns }: TrialWindows): boolean {
  const reaches = (one: { start_ns: number; end_ns: number }, error_ms: number) =>
    one.end_ns + error_ms * NS_PER_MS >= heal_ns && one.start_ns - error_ms * NS_PER_MS < heal_ns;
  return probes.every(
    ({ findings: { outages, partial_loss = [], open } }) =>
      open.length === 0 &&
      !outages.some((one) => reaches(one, one.outage_error_ms)) &&
      !partial_loss.some((one) => one.end_ns + one.degraded_error_ms * NS_PER_MS >= heal_ns),
  );
}

/** A step that took longer than until healing began came after it; of later faults' own metrics that is not looked at. */
function isKnownAtHealing(
  metric: string,
  { metrics }: Pick<Trial, 'metrics'>,
  { fault_ns, heal_ns }: TrialWindows,
): boolean {
  const { until_healing, unit, reported } = declarationOf(metric);
  if (!until_healing || parseMetricName(metric).fault !== undefined) return false;
  return unit !== 'ms' || reported === 'machine' || (metrics[metric] ?? 0) < msFromNs(heal_ns - fault_ns);
}
