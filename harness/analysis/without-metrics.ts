import type { Trial } from '../journal/journal.ts';

export type MeasuredParts = Pick<
  Trial,
  'metrics' | 'bounds' | 'missing_metrics' | 'missing_bounds' | 'notes' | 'parts'
>;

/**
 * A trial without metrics that can't be trusted: each has the reason instead of a value and a bound, and a note names
 * them. @param lost which ones. @param expected metrics that the drill expects something of.
 */
export function withoutMetrics<Of extends MeasuredParts>(
  trial: Of,
  lost: (metric: string) => boolean | undefined,
  reason: string,
  expected: readonly string[],
): Of {
  const seen = Object.keys(trial.metrics).filter(lost);
  const named = [...new Set([...seen, ...expected.filter(lost)])];
  const kept = <Value>(values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).filter(([metric]) => !lost(metric)));
  const { missing_bounds, missing_metrics, parts, ...rest } = trial;
  const note = `${reason}: not known are ${named.length > 0 ? named.join(', ') : 'the moments of the takeover on the wire'}`;
  return {
    ...rest,
    metrics: kept(trial.metrics),
    bounds: kept(trial.bounds),
    ...(missing_bounds ? { missing_bounds: kept(missing_bounds) } : {}),
    ...(parts ? { parts: kept(parts) } : {}),
    missing_metrics: { ...missing_metrics, ...Object.fromEntries(named.map((metric) => [metric, reason])) },
    notes: [...(trial.notes ?? []), note],
  } as Of;
}
