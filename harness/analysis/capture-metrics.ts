import type { Trial } from '../journal/journal.ts';
import { declarationOf } from './metrics.ts';

/** Events that only the captures show. */
const EVENTS = new Set([
  'last-advert',
  'silent',
  'first-advert',
  'first-garp',
  'first-forwarded',
  'first-answer',
  'client-state',
]);

type Parts = Pick<Trial, 'metrics' | 'bounds' | 'missing_metrics' | 'missing_bounds' | 'timeline' | 'notes'>;

/**
 * A trial without what rests on its captures, which lack something: these metrics have the reason instead of a value.
 * What the probes recorded themselves, the kernel's address changes and the daemons' own words stay.
 * @param watched metrics that probes read off the captures.
 * @param expected metrics that the drill expects something of.
 */
export function withoutCaptures<Of extends Parts>(
  trial: Of,
  gap: string,
  watched: readonly string[],
  expected: readonly string[],
): Of {
  const more = new Set(watched);
  const rests = (metric: string) => declarationOf(metric).from_captures || more.has(metric);
  const lost = Object.keys(trial.metrics).filter(rests);
  const named = [...new Set([...lost, ...expected.filter(rests)])];
  const kept = <Value>(values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).filter(([metric]) => !rests(metric)));
  const { missing_bounds, ...rest } = trial;
  const note = `${gap}: not known are ${named.length > 0 ? named.join(', ') : 'the moments of the takeover on the wire'}`;
  return {
    ...rest,
    metrics: kept(trial.metrics),
    bounds: kept(trial.bounds),
    ...(missing_bounds ? { missing_bounds: kept(missing_bounds) } : {}),
    missing_metrics: Object.fromEntries(named.map((metric) => [metric, gap])),
    timeline: trial.timeline.filter(({ event }) => !EVENTS.has(event)),
    notes: [...(trial.notes ?? []), note],
  } as Of;
}
