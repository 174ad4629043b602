import { InputError } from '../ground/errors.ts';
import type { Random } from '../ground/random.ts';
import type { CutSort } from '../lab/agent-shapes.ts';

/** One cut that is to be made. */
export interface PlannedCut {
  sort: CutSort;
  asked_ms: number;
  /** Where in the probe's schedule it falls, in ms of [0, interval): drawn, for an instrument errs by phase. */
  phase_ms: number;
}

export const LENGTHS_MS = [20, 100, 1000, 5000] as const;
export const SORTS: readonly CutSort[] = [
  { kind: 'frames', direction: 'both' },
  { kind: 'frames', direction: 'from' },
  { kind: 'frames', direction: 'to' },
  { kind: 'carrier', direction: 'both' },
];
export const MOST_CUTS = 480;

/**
 * `count` cuts: every length with every sort in turn, then shuffled, so that nothing that drifts looks like
 * one of them.
 * @throws InputError unless `count` is a whole number from 1 to MOST_CUTS.
 */
export function planCuts(count: number, interval_ms: number, random: Random): PlannedCut[] {
  if (!Number.isInteger(count) || count < 1 || count > MOST_CUTS)
    throw new InputError(`--cuts must be from 1 to ${MOST_CUTS}, not ${count}`);
  const kinds = LENGTHS_MS.flatMap((asked_ms) => SORTS.map((sort) => ({ asked_ms, sort })));
  const plan = Array.from({ length: count }, (_, at) => ({
    ...kinds[at % kinds.length]!,
    phase_ms: random.unit() * interval_ms,
  }));
  for (let at = plan.length - 1; at > 0; at--) {
    const other = random.integer(0, at);
    [plan[at], plan[other]] = [plan[other]!, plan[at]!];
  }
  return plan;
}
