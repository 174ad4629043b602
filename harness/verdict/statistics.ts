import { medianSorted, quantileSorted } from 'simple-statistics';
import { UnknownError } from '../ground/errors.ts';
import { type Random, seededRandom } from '../ground/random.ts';
import type { Summary, Trial } from '../journal/journal.ts';
import { isLowerBound } from '../journal/trusted.ts';

const RESAMPLES = 2000;
/** Draws of so many different numbers of values are kept, some 100 kB each. */
const MOST_DRAWN = 64;

/**
 * One metric over the trials. The interval is the percentile bootstrap of the median, drawn from `seed`
 * alone, so that a journal can be summed up again to the same digits.
 * @throws UnknownError when there is no value, or one that is not finite.
 */
export function summarize(values: readonly number[], seed: number): Summary {
  return summarizeWith(values, resamplingOf(seed));
}

function summarizeWith(values: readonly number[], resampling: Resampling): Summary {
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
    ci95: medianInterval(sorted, resampling),
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
  const resampling = resamplingOf(seed);
  const sumUp = (metric: string, list: number[]): Summary => {
    const lower_bounds = least.get(metric);
    return { ...summarizeWith(list, resampling), ...(lower_bounds ? { lower_bounds } : {}) };
  };
  return Object.fromEntries([...values].map(([metric, list]) => [metric, sumUp(metric, list)]));
}

function medianInterval(sorted: readonly number[], resampling: Resampling): [number, number] {
  if (sorted.length === 1) return [sorted[0]!, sorted[0]!];
  const medians = resampling
    .middles(sorted.length)
    .map(({ low, high }) => (sorted[low]! + sorted[high]!) / 2);
  medians.sort((a, b) => a - b);
  return [quantileSorted(medians, 0.025), quantileSorted(medians, 0.975)];
}

/** Draws take the time of the number of values, a report sums up several times: those of the last seed are kept. */
let last: { seed: number; resampling: Resampling } | undefined;

function resamplingOf(seed: number): Resampling {
  if (last?.seed !== seed) last = { seed, resampling: new Resampling(seed) };
  return last.resampling;
}

/** Where in the ascending values the two in the middle of a resample are; the same place when their number is odd. */
interface Middle {
  low: number;
  high: number;
}

/**
 * The resamples of a bootstrap. Which places they draw depends on the seed and on the number of values alone, so they
 * are drawn once for all metrics that have as many.
 */
class Resampling {
  readonly #seed: number;
  readonly #drawn = new Map<number, readonly Middle[]>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  middles(length: number): readonly Middle[] {
    const known = this.#drawn.get(length);
    if (known) return known;
    if (this.#drawn.size >= MOST_DRAWN) this.#drawn.clear();
    const random = seededRandom(this.#seed);
    const middles = Array.from({ length: RESAMPLES }, () => drawMiddle(length, random));
    this.#drawn.set(length, middles);
    return middles;
  }
}

function drawMiddle(length: number, random: Random): Middle {
  const drawn = new Uint32Array(length);
  for (let draw = 0; draw < length; draw += 1) drawn[random.integer(0, length - 1)]! += 1;
  const low = placeOf(drawn, Math.floor((length - 1) / 2));
  return { low, high: length % 2 === 1 ? low : placeOf(drawn, length / 2) };
}

/** The place of the value with this rank, from 0 on, when place i was drawn `drawn[i]` times. */
function placeOf(drawn: Uint32Array, rank: number): number {
  let place = 0;
  for (let below = drawn[0]!; below <= rank; below += drawn[place]!) place += 1;
  return place;
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
