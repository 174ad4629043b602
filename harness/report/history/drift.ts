import { type Basis, basesOf, type Measured, marginOf, sampleOf } from '../compare/measured.ts';
import { comparedMetrics, measuredIn, type RunRecord } from './run-record.ts';

/** A lasting change of a metric that no single night shows; in ms. */
export interface Drift {
  metric: string;
  basis: Basis;
  /** Beginning of the first run after the change, and of the run that showed it. */
  since: string;
  shown: string;
  /** Median of the runs before, and of those from the change to the run that showed it. */
  from: number;
  to: number;
}

/** As many runs make what the later ones are held against. */
const BASE_RUNS = 5;
/** Of the standard deviation of a run's median: what each run may be off, and what they may be off in all (Page 1954). */
const SLACK = 0.5;
const LIMIT = 5;

interface Night {
  started_at: string;
  measured: Measured;
}

/**
 * Lasting changes over the runs of one profile, by the cumulative sums of what their medians are off: they show a slow drift
 * that is too small for one night. After a change the
 * newest runs that show it are what later ones are held against.
 * @param runs oldest first.
 */
export function driftsOf(runs: readonly RunRecord[]): Drift[] {
  const metrics = [...new Set(runs.flatMap(comparedMetrics))];
  return metrics.flatMap((metric) => {
    const nights = runs.flatMap((run): Night[] => {
      const record = Object.hasOwn(run.summary, metric) ? run.summary[metric] : undefined;
      const measured = record && measuredIn([record]);
      const known = measured && measured.values.length > 0 && measured.lower_bounds === 0;
      return known ? [{ started_at: run.started_at, measured }] : [];
    });
    return driftsIn(metric, nights);
  });
}

function driftsIn(metric: string, nights: readonly Night[]): Drift[] {
  const found: Drift[] = [];
  for (let from = 0; from < nights.length; ) {
    const drift = firstDrift(metric, nights.slice(from));
    if (!drift) break;
    found.push(drift);
    const at = (moment: string) => nights.findIndex(({ started_at }) => started_at === moment);
    // The newest of the runs after it: a drift that goes on is shown again when it has come as far again.
    from = Math.max(at(drift.since), at(drift.shown) + 1 - BASE_RUNS);
  }
  return found;
}

function firstDrift(metric: string, nights: readonly Night[]): Drift | undefined {
  const [first] = nights;
  if (!first || nights.length <= BASE_RUNS) return undefined;
  const bases = nights.map(({ measured }) => basesOf(first.measured, measured));
  const basis = bases.every(([best]) => best === 'residual')
    ? 'residual'
    : (bases.flat().find((one) => one !== 'residual') ?? 'value');
  const levels = nights.map(({ measured }) =>
    medianOf(sampleOf(measured, basis).values.map(({ value }) => value)),
  );
  const margin = Math.max(...nights.map(({ measured }) => marginOf(first.measured, measured)));
  const base = levels.slice(0, BASE_RUNS);
  const target = medianOf(base);
  // Of nights that happen to be alike the next one would be far off.
  const sigma = Math.max(deviationOf(base), margin / 4);
  for (const sign of [1, -1] as const) {
    let [sum, since] = [0, BASE_RUNS];
    for (let at = BASE_RUNS; at < levels.length; at += 1) {
      if (sum === 0) since = at;
      sum = Math.max(0, sum + sign * (levels[at]! - target) - SLACK * sigma);
      const to = medianOf(levels.slice(since, at + 1));
      if (sum > LIMIT * sigma && sign * (to - target) > margin) {
        const [from_night, at_night] = [nights[since]!, nights[at]!];
        return { metric, basis, since: from_night.started_at, shown: at_night.started_at, from: target, to };
      }
    }
  }
  return undefined;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
