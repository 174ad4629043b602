import { quantileSorted } from 'simple-statistics';
import { type Exactness, formatRange, formatValue } from '../journal/format-value.ts';
import type { Trial } from '../journal/journal.ts';
import { ownValue } from '../journal/kept-trial.ts';
import { isLowerBound } from '../journal/trusted.ts';

/** A value of a metric, which may be only the least that it can be: the outage was open when it was last looked at. */
export interface Measured {
  value: number;
  at_least: boolean;
}

/** The values of a metric in these trials, as far as they have it. */
export function measuredIn(trials: readonly Trial[], metric: string): Measured[] {
  return trials.flatMap((trial) => {
    const value = ownValue(trial, metric);
    return value === undefined ? [] : [{ value, at_least: isLowerBound(trial, metric) }];
  });
}

/** `3.75 s`, `at least 12.10 s` */
export function measuredWords(metric: string, { value, at_least }: Measured, exactness?: Exactness): string {
  return `${at_least ? 'at least ' : ''}${formatValue(metric, value, exactness)}`;
}

/** `3.75 s`, `≥ 12.10 s`: for a column of numbers. */
export function measuredSign(metric: string, { value, at_least }: Measured): string {
  return `${at_least ? '≥ ' : ''}${formatValue(metric, value)}`;
}

/** From the least to the most of them: `2.80-3.80 s`, `3.00 s to at least 12.10 s`, `at least 2.80-3.80 s`. */
export function spanWords(metric: string, all: readonly Measured[], exactness?: Exactness): string {
  const [low, high] = [quantileOf(all, 0), quantileOf(all, 1)];
  const range = formatRange(metric, low.value, high.value, exactness);
  if (!high.at_least) return range;
  if (low.at_least || low.value === high.value) return `at least ${range}`;
  return `${formatValue(metric, low.value, exactness)} to ${measuredWords(metric, high, exactness)}`;
}

/** A quantile, 0 to 1, of one value or more: a lower bound where those of the values could change it. */
export function quantileOf(all: readonly Measured[], quantile: number): Measured {
  const at = (values: number[]) =>
    quantileSorted(
      values.toSorted((a, b) => a - b),
      quantile,
    );
  const value = at(all.map((one) => one.value));
  const most = at(all.map((one) => (one.at_least ? Infinity : one.value)));
  return { value, at_least: most > value };
}
