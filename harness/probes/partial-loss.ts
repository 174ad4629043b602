import { type LabTime, msFromNs } from '../ground/time.ts';
import { type MetricDeclarations, metric } from '../journal/metric.ts';
import { directionWords } from '../outage/loss-direction.ts';
import type { PartialLoss } from '../outage/request-losses.ts';
import type { TrialWindows } from './probe.ts';

/**
 * Of probes on a schedule: the longest time with partial loss.
 * @param what "datagrams", "frames".
 */
export function partialLossMetrics(what: string): MetricDeclarations {
  return {
    degraded_ms: metric.duration(
      'longest time with partial loss from the fault to the end of the trial: a share is lost, others pass',
      { error: 'degraded_error_ms' },
    ),
    degraded_error_ms: metric.error('how far that can be off, either way'),
    degraded_ratio: metric.ratio(`share of the ${what} that was lost in that time`),
  };
}

/** Those that overlap the time from the fault to the end of the trial. */
export function partialWithin(
  partial: readonly PartialLoss[],
  { fault_ns, end_ns }: TrialWindows,
): PartialLoss[] {
  return partial.filter((one) => one.start_ns < end_ns && one.end_ns > fault_ns);
}

/** The values of the metrics. */
export function longestPartial(partial: readonly PartialLoss[]): Record<string, number> {
  const longest = partial.toSorted((a, b) => b.degraded_ms - a.degraded_ms)[0];
  return {
    degraded_ms: longest?.degraded_ms ?? 0,
    degraded_error_ms: longest?.degraded_error_ms ?? 0,
    degraded_ratio: longest?.loss_ratio ?? 0,
  };
}

/** "degraded: 10.2 % lost (9.1 to 11.4 %, at most 3 in a row) for 3.00 s ± 75 ms, from 0.002 s after the fault". */
export function partialSentence(loss: PartialLoss, fault_ns: LabTime): string {
  const { degraded_ms, degraded_error_ms, loss_ratio, ratio_low, ratio_high, longest_run } = loss;
  const { open, start_ns, direction } = loss;
  const percent = (ratio: number) => (100 * ratio).toFixed(1);
  const time = open
    ? `at least ${inSeconds(degraded_ms)}`
    : `${inSeconds(degraded_ms)} ± ${degraded_error_ms.toFixed(0)} ms`;
  const way = direction ? ` (${directionWords(direction)})` : '';
  return (
    `degraded: ${percent(loss_ratio)} % lost (${percent(ratio_low)} to ${percent(ratio_high)} %, ` +
    `at most ${longest_run} in a row) for ${time}, from ${inSeconds(msFromNs(start_ns - fault_ns))} after the fault${way}`
  );
}

/** A moment or a length for people: milliseconds are shown below 1 s. */
export function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(Math.abs(ms) < 1000 ? 3 : 2)} s`;
}
