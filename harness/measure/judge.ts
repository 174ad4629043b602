import { quantileSorted } from 'simple-statistics';
import type { Expectation, ExpectationRecord, Op, Stat, Trial, Verdict } from '../journal/journal.ts';

/** What one trial says about one expectation. */
interface Reading {
  trial: Trial;
  /** The metric; undefined when this trial cannot be judged. */
  value: number | undefined;
  /** What is compared: the value, or for `within_bound` how far it lies outside its bound (negative: inside). */
  judged: number;
  /** Why it cannot be judged. */
  lack: string | undefined;
}

/**
 * Judges every expectation over the trials. What cannot be judged (no such metric, no bound, a trial that is
 * itself unknown) makes an expectation `unknown`, unless it is breached whatever the lacking values may be.
 * With `within_bound` the distance to each trial's own bound is judged, and the stat is taken over distances.
 */
export function judgeExpectations(
  expectations: readonly Expectation[],
  trials: readonly Trial[],
): ExpectationRecord[] {
  return expectations.map((expectation) => judge(expectation, trials));
}

/** The run's verdict: any fail, of an expectation or a trial, fails it; then any unknown, or no trial, is unknown. */
export function runVerdict(
  expectations: readonly { verdict: Verdict }[],
  trials: readonly { verdict: Verdict }[],
): Verdict {
  const verdicts = [...expectations, ...trials].map((one) => one.verdict);
  if (verdicts.includes('fail')) return 'fail';
  return trials.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'pass';
}

function judge(expectation: Expectation, trials: readonly Trial[]): ExpectationRecord {
  const readings = trials.map((trial) => read(expectation, trial));
  const known = readings.filter((reading) => reading.lack === undefined);
  const lacking = readings.filter((reading) => reading.lack !== undefined);
  if (known.length === 0) {
    const detail = lacking[0] ? explainLack(lacking) : 'no trial was made';
    return { ...expectation, observed: null, verdict: 'unknown', detail };
  }
  return expectation.stat === 'each'
    ? judgeEach(expectation, known, lacking)
    : judgeStat(expectation, expectation.stat, known, lacking);
}

function read(expectation: Expectation, trial: Trial): Reading {
  const { metric, op } = expectation;
  const lack = (why: string): Reading => ({ trial, value: undefined, judged: Number.NaN, lack: why });
  if (trial.verdict === 'unknown') return lack(`is unknown${trial.reason ? ` (${trial.reason})` : ''}`);
  const value = Object.hasOwn(trial.metrics, metric) ? trial.metrics[metric] : undefined;
  if (value === undefined || !Number.isFinite(value)) return lack(`has no ${metric}`);
  if (op !== 'within_bound') return { trial, value, judged: value, lack: undefined };
  const bound = Object.hasOwn(trial.bounds, metric) ? trial.bounds[metric] : undefined;
  if (!bound) return lack(`has no bound for ${metric}`);
  return { trial, value, judged: Math.max(bound.low - value, value - bound.high), lack: undefined };
}

function judgeEach(expectation: Expectation, known: Reading[], lacking: Reading[]): ExpectationRecord {
  const worst = known.reduce((a, b) => (badness(expectation, b) > badness(expectation, a) ? b : a));
  const verdict = holds(expectation, worst.judged) ? (lacking.length > 0 ? 'unknown' : 'pass') : 'fail';
  const wanted = `wanted ${describe(expectation, worst)}, observed ${worst.value}`;
  const detail = verdict === 'unknown' ? explainLack(lacking) : `trial ${worst.trial.index}: ${wanted}`;
  return { ...expectation, observed: worst.value!, verdict, detail };
}

function judgeStat(
  expectation: Expectation,
  stat: Exclude<Stat, 'each'>,
  known: Reading[],
  lacking: Reading[],
): ExpectationRecord {
  const judged = known.map((reading) => reading.judged);
  const best = judged.concat(lacking.map(() => kindest(expectation.op)));
  // NaN (an equality, or a quantile between a lacking value and a known one) settles nothing: unknown.
  const at_best = statistic(best, stat);
  const breached = !Number.isNaN(at_best) && !holds(expectation, at_best);
  const verdict = breached ? 'fail' : lacking.length > 0 ? 'unknown' : 'pass';
  const observed = statistic(
    known.map((reading) => reading.value!),
    stat,
  );
  const distance = `${stat} distance outside the bounds ${statistic(judged, stat)}`;
  const saw = expectation.op === 'within_bound' ? distance : `observed ${observed}`;
  const lack = lacking.length > 0 ? `; ${explainLack(lacking)}` : '';
  const detail = `${stat} of ${known.length}: wanted ${describe(expectation)}, ${saw}${lack}`;
  return { ...expectation, observed, verdict, detail };
}

/** The value that a lacking trial would need for the expectation to have its best chance. */
function kindest(op: Op): number {
  if (op === '==' || op === '!=') return Number.NaN;
  return op === '>' || op === '>=' ? Infinity : -Infinity;
}

function statistic(values: number[], stat: Exclude<Stat, 'each'>): number {
  if (values.some(Number.isNaN)) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const quantiles = { min: 0, median: 0.5, p95: 0.95, max: 1 };
  return quantileSorted(sorted, quantiles[stat]);
}

function holds({ op, value }: Expectation, judged: number): boolean {
  switch (op) {
    case '<':
      return judged < value;
    case '<=':
    case 'within_bound':
      return judged <= value;
    case '==':
      return judged === value;
    case '!=':
      return judged !== value;
    case '>=':
      return judged >= value;
    case '>':
      return judged > value;
  }
}

/** The larger, the worse. */
function badness({ op, value }: Expectation, { judged }: Reading): number {
  if (op === '>' || op === '>=') return -judged;
  if (op === '==') return Math.abs(judged - value);
  if (op === '!=') return -Math.abs(judged - value);
  return judged;
}

function describe({ metric, op, value }: Expectation, reading?: Reading): string {
  if (op !== 'within_bound') return `${op} ${value}`;
  const margin = value === 0 ? '' : ` ± ${value}`;
  const bound = reading?.trial.bounds[metric];
  return bound
    ? `within ${bound.low} to ${bound.high}${margin} (${bound.from})`
    : `within the bounds${margin}`;
}

function explainLack(lacking: Reading[]): string {
  const first = lacking[0]!;
  const more = lacking.length > 1 ? `, and ${lacking.length - 1} more` : '';
  return `trial ${first.trial.index} ${first.lack}${more}`;
}
