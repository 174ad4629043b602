import { declarationOf } from '../../analysis/metrics.ts';
import type { Expectation, Journal } from '../../journal/journal.ts';
import { parseMetricName } from '../../journal/metric-name.ts';
import { metricNames } from '../../journal/trusted-trials.ts';
import { type Change, changeBetween, correctedChanges } from '../../verdict/change.ts';
import { type Basis, basesOf, type Measured, marginOf, measuredOf, sampleOf } from './measured.ts';

/** What a run says of one metric beside an earlier one; times in ms, `shift` as later less earlier. */
export interface MetricChange extends Change {
  metric: string;
  basis: Basis;
  /** The drill expects something of it: p is corrected over all of these. Else it is exploratory. */
  judged: boolean;
}

/** Metrics for how long clients went without: larger ones are worse whatever is expected. */
const WORSE_WITH_LENGTH: ReadonlySet<string> = new Set(['outage', 'stall', 'takeover']);

/** Those of which something is expected, then the others for how long clients went without. */
export function metricChanges(base: Journal, now: Journal): MetricChange[] {
  const expectations = [...now.expectations, ...base.expectations];
  const names = [...new Set([...expectations.map(({ metric }) => metric), ...exploratory(base, now)])];
  const changes = names.flatMap((metric) => {
    const sign = signOf(metric, expectations);
    return sign === undefined ? [] : changesOf(metric, sign, base, now, expectations);
  });
  const judged = changes.filter((change) => change.judged);
  return [...correctedChanges(judged), ...changes.filter((change) => !change.judged)];
}

/** What two sets of values say of a metric, as it is best compared; of different bounds the residual as well. */
export function changesBetween(base: Measured, now: Measured, sign: 1 | -1): (Change & { basis: Basis })[] {
  return basesOf(base, now).map((basis) => {
    const margin = marginOf(base, now);
    const change = changeBetween(sampleOf(base, basis, sign), sampleOf(now, basis, sign), margin);
    return { ...(sign === 1 ? change : turned(change)), basis };
  });
}

function changesOf(
  metric: string,
  sign: 1 | -1,
  base: Journal,
  now: Journal,
  expectations: readonly Expectation[],
): MetricChange[] {
  const expected = expectations.some((one) => one.metric === metric);
  const found = changesBetween(measuredOf(base, metric), measuredOf(now, metric), sign);
  // Where the bounds differ the first says what became of clients, and the residual what the bounds do not explain.
  return found.map((change, at) => ({ metric, ...change, judged: expected && at === 0 }));
}

/** Which way is worse; undefined of what is not a length of time, or is not expected to be small or large. */
function signOf(metric: string, expectations: readonly Expectation[]): 1 | -1 | undefined {
  const { unit, role } = declarationOf(metric);
  if (unit !== 'ms') return undefined;
  const ops = expectations.filter((one) => one.metric === metric).map(({ op }) => op);
  if (ops.some((op) => op === '<' || op === '<=' || op === 'within_bound')) return 1;
  if (ops.some((op) => op === '>' || op === '>=')) return -1;
  return WORSE_WITH_LENGTH.has(role) ? 1 : undefined;
}

function exploratory(base: Journal, now: Journal): string[] {
  const names = new Set([...metricNames(now), ...metricNames(base)]);
  return [...names].filter(
    (metric) =>
      WORSE_WITH_LENGTH.has(declarationOf(metric).role) && parseMetricName(metric).fault === undefined,
  );
}

/** The same of values whose signs were turned. */
function turned(change: Change): Change {
  const { base, now, shift } = change;
  const back = (one: NonNullable<Change['base']>) => ({
    ...one,
    median: -one.median,
    low: -one.high,
    high: -one.low,
  });
  return {
    ...change,
    ...(base ? { base: back(base) } : {}),
    ...(now ? { now: back(now) } : {}),
    ...(shift ? { shift: { by: -shift.by, low: -shift.high, high: -shift.low, p: shift.p } } : {}),
  };
}
