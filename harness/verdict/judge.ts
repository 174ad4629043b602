import { quantileSorted } from 'simple-statistics';
import type { Expectation, ExpectationRecord, Stat, Trial, Verdict } from '../journal/journal.ts';
import { type Reading, readingOf, verdictOn } from './reading.ts';

/** The worst is the last. */
const RANKS: readonly Verdict[] = ['pass', 'unknown', 'fail'];

/**
 * Judges every expectation over the trials. What cannot be judged (no such metric, no bound, a trial that can't be
 * trusted, a value that is only a lower bound) makes an expectation `unknown`, unless it is breached whatever the
 * lacking values may be. A lower bound that holds whatever comes on top passes.
 * With `within_bound` the distance to each trial's own bound is judged, and the stat is taken over distances.
 */
export function judgeExpectations(
  expectations: readonly Expectation[],
  trials: readonly Trial[],
): ExpectationRecord[] {
  const expected = new Set(expectations.map(({ metric }) => metric));
  return expectations.map((expectation) => judge(expectation, trials, expected));
}

type Judgement = Pick<ExpectationRecord, 'verdict' | 'known'>;

/**
 * What an expectation is for the verdict of its trials and of the run: a known finding that is still there fails neither.
 * Where it could not be judged, it is unknown like any other.
 */
export function countedVerdict({ verdict, known }: Judgement): Verdict {
  return known !== undefined && verdict === 'fail' ? 'pass' : verdict;
}

/** The run's verdict: any fail, of an expectation or a trial, fails it; then any unknown, or no trial, is unknown. */
export function runVerdict(
  expectations: readonly Judgement[],
  trials: readonly { verdict: Verdict }[],
): Verdict {
  const verdicts = [...expectations.map(countedVerdict), ...trials.map(({ verdict }) => verdict)];
  if (verdicts.includes('fail')) return 'fail';
  return trials.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'pass';
}

function judge(
  expectation: Expectation,
  trials: readonly Trial[],
  expected: ReadonlySet<string>,
): ExpectationRecord {
  const readings = trials.map((trial) => readingOf(expectation, trial, expected));
  if (readings.every(({ value }) => value === undefined)) {
    const detail = readings.length > 0 ? explainLack(readings) : 'no trial was made';
    return { ...expectation, observed: null, verdict: 'unknown', detail };
  }
  return expectation.stat === 'each'
    ? judgeEach(expectation, readings)
    : judgeStat(expectation, expectation.stat, readings);
}

function judgeEach(expectation: Expectation, readings: readonly Reading[]): ExpectationRecord {
  const verdicts = readings.map(({ span }) => verdictOn(expectation, span));
  const verdict = RANKS.findLast((one) => verdicts.includes(one))!;
  const worst = readings
    .filter(({ value }) => value !== undefined)
    .reduce((a, b) => (compareBadness(expectation, a, b) > 0 ? b : a));
  const wanted = `wanted ${describe(expectation, worst)}, observed ${amount(worst)}`;
  const detail =
    verdict === 'unknown'
      ? explainLack(readings.filter((_, at) => verdicts[at] === 'unknown'))
      : `trial ${worst.trial.index}: ${wanted}`;
  return { ...expectation, observed: worst.value!, verdict, ...atLeast(worst.at_least), detail };
}

function judgeStat(
  expectation: Expectation,
  stat: Exclude<Stat, 'each'>,
  readings: readonly Reading[],
): ExpectationRecord {
  const span = {
    low: statistic(
      readings.map((reading) => reading.span.low),
      stat,
    ),
    high: statistic(
      readings.map((reading) => reading.span.high),
      stat,
    ),
  };
  const seen = readings.filter(({ value }) => value !== undefined);
  const lacking = readings.filter(({ lack }) => lack !== undefined);
  // Of what nothing is known of, it is not known either that it would have been good.
  const complete = readings.every((reading) => Number.isFinite(reading.span.low));
  const judged = verdictOn(expectation, span);
  const verdict = judged === 'pass' && !complete ? 'unknown' : judged;
  const observed = statistic(
    seen.map(({ value }) => value!),
    stat,
  );
  const most = statistic(
    seen.map(({ value, at_least }) => (at_least ? Infinity : value!)),
    stat,
  );
  const open = most > observed;
  const distance = `${stat} distance outside the bounds ${span.low}`;
  const saw =
    expectation.op === 'within_bound' && Number.isFinite(span.low)
      ? distance
      : `observed ${open ? 'at least ' : ''}${observed}`;
  const lack = lacking.length > 0 ? `; ${explainLack(lacking)}` : '';
  const detail = `${stat} of ${seen.length}: wanted ${describe(expectation)}, ${saw}${lack}`;
  return { ...expectation, observed, verdict, ...atLeast(open), detail };
}

function atLeast(open: boolean): { at_least?: true } {
  return open ? { at_least: true } : {};
}

function statistic(values: readonly number[], stat: Exclude<Stat, 'each'>): number {
  const sorted = [...values].sort((a, b) => a - b);
  const quantiles = { min: 0, median: 0.5, p95: 0.95, max: 1 };
  return quantileSorted(sorted, quantiles[stat]);
}

/** By what follows for the verdict, then by the distance: more than 0 when `b` is worse than `a`. */
function compareBadness(expectation: Expectation, a: Reading, b: Reading): number {
  const rank = ({ span }: Reading) => RANKS.indexOf(verdictOn(expectation, span));
  const far = ({ span, value }: Reading) =>
    Number.isFinite(span.low) ? distanceOf(expectation, span.low) : value!;
  return rank(b) - rank(a) || far(b) - far(a);
}

function distanceOf({ op, value }: Expectation, judged: number): number {
  if (op === '>' || op === '>=') return -judged;
  if (op === '==') return Math.abs(judged - value);
  if (op === '!=') return -Math.abs(judged - value);
  return judged;
}

function amount({ value, at_least, beside }: Reading): string {
  return `${at_least ? 'at least ' : ''}${value}${beside === undefined ? '' : `, and ${beside}`}`;
}

function describe({ metric, op, value }: Expectation, reading?: Reading): string {
  if (op !== 'within_bound') return `${op} ${value}`;
  const margin = value === 0 ? '' : ` ± ${value}`;
  const bound = reading?.trial.bounds[metric];
  return bound
    ? `within ${bound.low} to ${bound.high}${margin} (${bound.from})`
    : `within the bounds${margin}`;
}

function explainLack(lacking: readonly Reading[]): string {
  const first = lacking[0]!;
  const more = lacking.length > 1 ? `, and ${lacking.length - 1} more` : '';
  return `trial ${first.trial.index}: ${first.lack}${more}`;
}
