import { msFromNs, NS_PER_MS } from '../ground/time.ts';
import type { Trial } from '../journal/journal.ts';
import { parseMetricName } from '../journal/metric-name.ts';
import type { TrialWindows } from '../journal/trial-facts.ts';
import { declarationOf } from './metrics.ts';
import type { ProbeResult } from './probe-results.ts';
import type { Starvation } from './starvation.ts';
import { withoutMetrics } from './without-metrics.ts';

type Parts = Pick<
  Trial,
  'metrics' | 'bounds' | 'missing_metrics' | 'missing_bounds' | 'notes' | 'lower_bounds'
>;

/** The machine was late only after healing began. */
export interface LateReturn {
  reason: string;
  /** The lengths of outages that reached beyond the beginning of healing, up to it: metric to ms, by their least. */
  until_healing: ReadonlyMap<string, number>;
}

/** Why only what came after the beginning of the healing is not known; undefined where all is, or nothing. */
export function lateReturn(
  starved: Starvation | undefined,
  probes: readonly ProbeResult[],
  faults: readonly { open: readonly string[] }[],
  windows: TrialWindows,
): LateReturn | undefined {
  if (!starved?.after_healing || faults.some(({ open }) => open.length > 0)) return undefined;
  const until_healing = lastedUntilHealing(probes, windows);
  return until_healing && { reason: starved.reason, until_healing };
}

/**
 * A trial whose machine was late only after healing began, without what is of that time: these metrics have the reason
 * instead of a value. What was known when healing began stays as it is; of a time without service that was not over by then
 * it is known that it lasted until then at least.
 * @param expected metrics that the drill expects something of.
 */
export function withoutReturn<Of extends Parts>(
  trial: Of,
  late: LateReturn,
  windows: TrialWindows,
  expected: readonly string[],
): Of {
  const { reason, until_healing } = late;
  const least = new Map([...until_healing].filter(([metric]) => metric in trial.metrics));
  const lost = (metric: string) => !least.has(metric) && !isKnownAtHealing(metric, trial, windows);
  const known = withoutMetrics(trial, lost, reason, expected);
  if (least.size === 0) return known;
  return {
    ...known,
    metrics: { ...known.metrics, ...Object.fromEntries(least) },
    lower_bounds: [...new Set([...(known.lower_bounds ?? []), ...least.keys()])],
  };
}

/**
 * The lengths of outages that reached beyond the beginning of healing, up to it: metric to ms, by their least. What a late machine
 * did to them afterwards does not change that. Nothing where all were over.
 * @returns undefined where what probes saw until then cannot be told from what came later: a partial loss that reached beyond
 *   it or came later, service that was missing at the end, an outage whose length has no metric of its own.
 */
function lastedUntilHealing(
  probes: readonly ProbeResult[],
  windows: TrialWindows,
): ReadonlyMap<string, number> | undefined {
  const least = new Map<string, number>();
  for (const { probe, findings } of probes) {
    const { outages, outages_of = { outage_ms: outages }, partial_loss = [], open, metrics } = findings;
    if (open.length > 0 || partial_loss.some((one) => endsAfter(one, one.degraded_error_ms, windows)))
      return undefined;
    const told = Object.entries(outages_of).filter(([measure]) => measure in metrics);
    const reaching = told.filter(([, all]) => all.some((one) => untilHealing(one, windows) !== undefined));
    if (reaching.length === 0 && outages.some((one) => untilHealing(one, windows) !== undefined))
      return undefined;
    for (const [measure, all] of reaching) {
      // One that was over before may have been longer.
      const begun = all.filter(({ start_ns }) => start_ns < windows.heal_ns);
      const lengths = begun.map((one) => untilHealing(one, windows) ?? one.outage_ms);
      least.set(`${probe.name}.${measure}`, Math.max(...lengths));
    }
  }
  return least;
}

type Stretch = { start_ns: number; end_ns: number };

function endsAfter(
  { end_ns }: Pick<Stretch, 'end_ns'>,
  error_ms: number,
  { heal_ns }: TrialWindows,
): boolean {
  return end_ns + error_ms * NS_PER_MS >= heal_ns;
}

function reaches(one: Stretch, error_ms: number, windows: TrialWindows): boolean {
  return endsAfter(one, error_ms, windows) && one.start_ns - error_ms * NS_PER_MS < windows.heal_ns;
}

/** The least that an outage lasted until healing began, in ms; undefined where it was over before, or began later. */
function untilHealing(
  outage: Stretch & { outage_error_ms: number },
  windows: TrialWindows,
): number | undefined {
  const { start_ns, outage_error_ms } = outage;
  if (!reaches(outage, outage_error_ms, windows)) return undefined;
  return Math.max(0, msFromNs(windows.heal_ns - start_ns) - outage_error_ms);
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
