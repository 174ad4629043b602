import type { Trial } from '../journal/journal.ts';
import { declarationOf } from './metrics.ts';
import { type MeasuredParts, withoutMetrics } from './without-metrics.ts';

/** Events that only the captures show. */
const EVENTS = new Set([
  'last-advert',
  'silent',
  'first-advert',
  'first-garp',
  'first-na',
  'first-forwarded',
  'first-answer',
  'router-advert',
  'client-state',
]);

type Parts = MeasuredParts & Pick<Trial, 'timeline'>;

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
  const known = withoutMetrics(trial, rests, gap, expected);
  return {
    ...known,
    bounds: withoutPhases(known.bounds),
    timeline: trial.timeline.filter(({ event }) => !EVENTS.has(event)),
  };
}

/** Where in the protocol's interval a fault fell is only on the wire. */
function withoutPhases(bounds: Trial['bounds']): Trial['bounds'] {
  return Object.fromEntries(
    Object.entries(bounds).map(([metric, { at_phase: _, ...bound }]) => [metric, bound]),
  );
}
