import { msFromNs } from '../ground/time.ts';
import type { OutageRecord } from '../journal/journal.ts';
import type { MetricDeclaration } from '../journal/metric.ts';
import type { DrillProbe, RunFacts } from '../journal/run-facts.ts';
import type { TrialFacts, TrialWindows } from '../journal/trial-facts.ts';
import { declarationOf } from './metrics.ts';
import { kindOf } from './probe-results.ts';

type DurationFacts = Pick<TrialFacts, 'wall_ms' | 'pause_ms' | 'fault' | 'later_faults' | 'watched'>;

/**
 * How long the trial took, and what the protocols and the drill's holds need of it by themselves; nothing of a trial
 * whose own facts do not say.
 * @param found its metrics and outages so far.
 */
export function durations(
  { hold, probes }: Pick<RunFacts, 'hold' | 'probes'>,
  facts: DurationFacts,
  windows: TrialWindows,
  found: { metrics: Record<string, number>; outages: readonly OutageRecord[] },
): Record<string, number> {
  const { wall_ms, pause_ms, watched } = facts;
  if (wall_ms === undefined || pause_ms === undefined) return {};
  const felt = Object.entries(found.metrics)
    .filter(([name]) => isWaiting(declarationOf(name)))
    .map(([, value]) => value);
  const broken_ms = brokenAfterMs(facts, windows);
  // What a later fault does is over that much later.
  const last = found.outages
    .filter(({ start_ms, outage_error_ms }) => start_ms >= broken_ms - outage_error_ms)
    .map(({ outage_ms }) => outage_ms);
  const moments = [
    broken_ms + Math.max(0, watched?.second_owner_ms ?? 0, ...last),
    ...awaitedMoments(probes, found.metrics),
  ];
  const recovered_ms = Math.min(Math.max(...felt, ...moments), msFromNs(windows.heal_ns - windows.fault_ns));
  const rejoin_ms = Math.max(hold.rejoin_ms, watched?.rejoin_ms ?? 0);
  const needed_ms = hold.steady_ms + pause_ms + recovered_ms + hold.settled_ms + rejoin_ms;
  return { 'trial.wall_ms': wall_ms, 'trial.needed_ms': needed_ms };
}

/** What clients waited for, or the takeover took, before the healing. */
function isWaiting({ role, after_healing }: MetricDeclaration): boolean {
  return !after_healing && (role === 'outage' || role === 'stall' || role === 'takeover');
}

/** When the last of the faults had been made, and healed if it was to be before the end; after the first, in ms. */
function brokenAfterMs({ fault, later_faults = [] }: DurationFacts, { fault_ns }: TrialWindows): number {
  const moments = [fault, ...later_faults].flatMap((one, at) => [
    ...(one && at > 0 ? [one.after_ns] : []),
    ...(one?.mended ? [one.mended.until_ns] : []),
  ]);
  return Math.max(0, ...moments.map((at_ns) => msFromNs(at_ns - fault_ns)));
}

/** When what probes waited for came about; after the fault, in ms. */
function awaitedMoments(probes: readonly DrillProbe[], metrics: Readonly<Record<string, number>>): number[] {
  return probes.flatMap((probe) => {
    const measures = kindOf(probe).awaits?.(probe.options) ?? [];
    return measures.map((measure) => metrics[`${probe.name}.${measure}`] ?? 0);
  });
}
