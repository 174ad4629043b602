import { type Exactness, formatRange, formatValue, tellingExactness } from '../journal/format-value.ts';
import type { Bound, Expectation, ExpectationRecord, Journal, Trial, Verdict } from '../journal/journal.ts';
import { trustedTrials } from '../journal/trusted-trials.ts';
import { type Measured, measuredIn, measuredWords, spanWords } from './lower-bounds.ts';

/** How an expectation is marked: one that failed by a known finding is no failure. */
export type Mark = Verdict | 'known';

/** One expectation, in words. */
export interface ExpectationRow {
  verdict: Mark;
  metric: string;
  wanted: string;
  observed: string;
}

/** Every expectation with what was wanted and what was seen. */
export function expectationRows(journal: Journal): ExpectationRow[] {
  const trials = trustedTrials(journal);
  return journal.expectations.map((record) =>
    describeExpectation(record, trials, observedIn(record), journal.trials.length > 1),
  );
}

/** What one trial alone says about an expectation. */
export function describeInTrial(record: ExpectationRecord, trial: Trial): ExpectationRow {
  return describeExpectation(record, [trial], measuredIn([trial], record.metric)[0], false);
}

function observedIn({ observed, at_least }: ExpectationRecord): Measured | undefined {
  return observed === null ? undefined : { value: observed, at_least: at_least ?? false };
}

function describeExpectation(
  record: ExpectationRecord,
  trials: readonly Trial[],
  seen: Measured | undefined,
  several: boolean,
): ExpectationRow {
  const { metric, stat } = record;
  const verdict = markOf(record);
  const bounds = trials.flatMap(({ bounds }) => (Object.hasOwn(bounds, metric) ? [bounds[metric]!] : []));
  const exactness = seen ? tellingExactness(metric, seen.value, limitsOf(record, bounds)) : 0;
  const words = wantedWords(record, bounds, exactness);
  const wanted = stat !== 'each' ? `${stat} ${words}` : several ? `${words} in every trial` : words;
  if (!seen) return { verdict, metric, wanted, observed: 'nothing' };
  const one = measuredWords(metric, seen, exactness);
  if (!several) return { verdict, metric, wanted, observed: one };
  const observed = stat === 'each' ? ofEach(record, trials, one, exactness) : `${stat} ${one}`;
  return { verdict, metric, wanted, observed };
}

/** By its verdict over a run, or over a single trial. */
export function markOf({ verdict, known }: ExpectationRecord): Mark {
  return known !== undefined && verdict === 'fail' ? 'known' : verdict;
}

/** The span of the values over the trials; of a failure also the worst, which need not be at either end. */
function ofEach(
  { metric, verdict }: ExpectationRecord,
  trials: readonly Trial[],
  worst: string,
  exactness: Exactness,
): string {
  const values = measuredIn(trials, metric);
  const span = values.length > 0 ? spanWords(metric, values, exactness) : worst;
  return verdict === 'fail' && span !== worst ? `${span}, worst ${worst}` : span;
}

function limitsOf({ op, value }: Expectation, bounds: readonly Bound[]): number[] {
  if (op !== 'within_bound') return [value];
  return bounds.flatMap(({ low, high }) => [low - value, high + value]);
}

function wantedWords(
  { metric, op, value }: Expectation,
  bounds: readonly Bound[],
  exactness: Exactness,
): string {
  if (op !== 'within_bound') return `${op} ${formatValue(metric, value, exactness)}`;
  const margin = value === 0 ? '' : ` ± ${formatValue(metric, value, exactness)}`;
  const lows = new Set(bounds.map(({ low, high }) => formatRange(metric, low, high, exactness)));
  const range =
    lows.size === 1 ? [...lows][0] : lows.size === 0 ? "the protocol's bound" : "each trial's bound";
  return `within ${range}${margin}`;
}
