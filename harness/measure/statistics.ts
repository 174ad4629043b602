import { medianSorted, quantileSorted } from 'simple-statistics';
import { UnknownError } from '../ground/errors.ts';
import { type Random, seededRandom } from '../ground/random.ts';
import type { Summary, Trial } from '../journal/journal.ts';
import { isLowerBound } from '../journal/trusted.ts';

const RESAMPLES = 2000;

/**
 * One metric over the trials. The interval is the percentile bootstrap of the median, drawn from `seed`
 * alone, so that a journal can be summed up again to the same digits.
 * @throws UnknownError when there is no value, or one that is not finite.
 */
export function summarize(values: readonly number[], seed: number): Summary {
  if (values.length === 0) throw new UnknownError('there is no value to sum up');
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw new UnknownError(`${wrong} cannot be summed up`);
  const sorted = ascending(values);
  return {
    n: sorted.length,
    min: sorted[0]!,
    median: medianSorted(sorted),
    p95: quantileSorted(sorted, 0.95),
    max: sorted.at(-1)!,
    ci95: medianInterval(sorted, seededRandom(seed)),
  };
}

/** Every metric that at least one trial has, over the trials that have it, with how many are only lower bounds. */
export function summarizeTrials(trials: readonly Trial[], seed: number): Record<string, Summary> {
  const values = new Map<string, number[]>();
  const least = new Map<string, number>();
  for (const trial of trials) {
    for (const [metric, value] of Object.entries(trial.metrics)) {
      if (!Number.isFinite(value)) continue;
      const list = values.get(metric);
      if (list) list.push(value);
      else values.set(metric, [value]);
      if (isLowerBound(trial, metric)) least.set(metric, (least.get(metric) ?? 0) + 1);
    }
  }
  const sumUp = (metric: string, list: number[]): Summary => {
    const lower_bounds = least.get(metric);
    return { ...summarize(list, seed), ...(lower_bounds ? { lower_bounds } : {}) };
  };
  return Object.fromEntries([...values].map(([metric, list]) => [metric, sumUp(metric, list)]));
}

function medianInterval(values: readonly number[], random: Random): [number, number] {
  if (values.length === 1) return [values[0]!, values[0]!];
  const medians = Array.from({ length: RESAMPLES }, () =>
    medianSorted(ascending(values.map(() => values[random.integer(0, values.length - 1)]!))),
  );
  const sorted = ascending(medians);
  return [quantileSorted(sorted, 0.025), quantileSorted(sorted, 0.975)];
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
