import { shiftBetween } from '../../verdict/rank-test.ts';
import { comparedMetrics, type MetricRecord, type RunRecord } from './run-record.ts';

/** As many runs before the last one are pooled. */
const MOST_BEFORE = 7;
/** With fewer values no interval of 95 % is finite. */
export const LEAST_VALUES = 6;
/** A shift of less than this share of what the protocol allows, or of the median where it allows nothing, is none. */
const MARGIN_SHARE = 0.05;

export type ChangeWord = 'worse' | 'better' | 'no difference shown' | 'too few trials' | 'not known';

/** What the last run says of one metric beside the runs before it; times in ms. */
export interface MetricChange {
  metric: string;
  word: ChangeWord;
  before?: { n: number; median: number };
  last?: { n: number; median: number };
  /** The shift with its interval of 95 %, and p with Holm's correction over the metrics that were compared. */
  shift?: { by: number; low: number; high: number; p: number };
  /** What a shift must exceed. */
  margin?: number;
  /** Why it is not known. */
  why?: string;
}

/** The last run of a profile beside those before it. */
export interface LastChange {
  last: RunRecord;
  /** Those that it is compared with, oldest first: of the same versions among themselves. */
  before: RunRecord[];
  /** It failed, and the run before it that was not unknown had passed. */
  newly_failed: boolean;
  changes: MetricChange[];
}

/** For each profile the last run beside up to seven runs before it. @param runs oldest first. */
export function lastChanges(runs: readonly RunRecord[]): LastChange[] {
  return [...Map.groupBy(runs, ({ profile }) => profile).values()].map((its) => lastChange(its));
}

/** 'fail' where something became worse; 'unknown' where something could not be compared. */
export function changeVerdict(changes: readonly LastChange[]): 'pass' | 'fail' | 'unknown' {
  const words = changes.flatMap((one) => one.changes.map(({ word }) => word));
  if (words.includes('worse') || changes.some(({ newly_failed }) => newly_failed)) return 'fail';
  const lacking =
    words.length === 0 ||
    words.some((word) => word === 'not known' || word === 'too few trials') ||
    changes.some(({ last, changes: all }) => last.verdict === 'unknown' || all.length === 0);
  return lacking ? 'unknown' : 'pass';
}

function lastChange(runs: readonly RunRecord[]): LastChange {
  const last = runs.at(-1)!;
  const earlier = runs.slice(0, -1);
  const before = baseOf(earlier);
  const metrics = new Set([...comparedMetrics(last), ...before.flatMap(comparedMetrics)]);
  return {
    last,
    before,
    newly_failed:
      last.verdict === 'fail' && earlier.findLast(({ verdict }) => verdict !== 'unknown')?.verdict === 'pass',
    changes: withHolm([...metrics].map((metric) => changeOf(metric, last, before))),
  };
}

/** The newest runs with numbers, back to where a version was another one. */
function baseOf(earlier: readonly RunRecord[]): RunRecord[] {
  const measured = earlier.filter(({ trusted }) => trusted > 0);
  const newest = measured.at(-1);
  if (!newest) return [];
  const other = measured.findLastIndex((run) => versionsOf(run) !== versionsOf(newest));
  return measured.slice(other + 1).slice(-MOST_BEFORE);
}

function versionsOf({ versions }: RunRecord): string {
  return JSON.stringify(Object.entries(versions).sort(([a], [b]) => a.localeCompare(b)));
}

function changeOf(metric: string, last: RunRecord, before: readonly RunRecord[]): MetricChange {
  const now = own(last, metric);
  const then = before.flatMap((run) => own(run, metric) ?? []);
  const values = { before: then.flatMap(({ values: all = [] }) => all), last: now?.values ?? [] };
  const sizes = {
    metric,
    ...(values.before.length > 0 ? { before: sizeOf(values.before) } : {}),
    ...(values.last.length > 0 ? { last: sizeOf(values.last) } : {}),
  };
  if (!now) return { ...sizes, word: 'not known', why: 'the last run has no value' };
  if (then.length === 0) return { ...sizes, word: 'not known', why: 'no run before has a value' };
  if (Math.min(values.before.length, values.last.length) < LEAST_VALUES)
    return { ...sizes, word: 'too few trials' };
  const { shift, low, high, p } = shiftBetween(values.before, values.last);
  const margin = marginOf([...then, now]);
  const compared = { ...sizes, shift: { by: shift, low, high, p }, margin };
  // A value that may be larger hides a shift, or makes one.
  if (then.some(({ lower_bounds }) => lower_bounds))
    return { ...compared, word: 'not known', why: 'some values before are only lower bounds' };
  const word = low > margin ? 'worse' : high < -margin ? 'better' : 'no difference shown';
  if (now.lower_bounds && word !== 'worse')
    return { ...compared, word: 'not known', why: 'some values of the last run are only lower bounds' };
  return { ...compared, word };
}

/** The larger of a share of what is allowed and twice the largest error. */
function marginOf(records: readonly MetricRecord[]): number {
  const widths = records.flatMap(({ allowed }) => (allowed ? [allowed[1] - allowed[0]] : []));
  const scale = widths.length > 0 ? Math.max(...widths) : Math.max(...records.map(({ median }) => median));
  return Math.max(MARGIN_SHARE * scale, ...records.map(({ error = 0 }) => 2 * error));
}

/** Of several metrics one looks worse by chance: Holm's correction, and what is then no longer shown. */
function withHolm(changes: readonly MetricChange[]): MetricChange[] {
  const order = changes.filter(({ shift }) => shift).toSorted((a, b) => a.shift!.p - b.shift!.p);
  const corrected = new Map<string, number>();
  let largest = 0;
  for (const [at, { metric, shift }] of order.entries()) {
    largest = Math.max(largest, Math.min(1, shift!.p * (order.length - at)));
    corrected.set(metric, largest);
  }
  return changes.map((change) => {
    const p = corrected.get(change.metric);
    if (p === undefined || !change.shift) return change;
    const shown = p < 0.05 || (change.word !== 'worse' && change.word !== 'better');
    return { ...change, shift: { ...change.shift, p }, word: shown ? change.word : 'no difference shown' };
  });
}

function sizeOf(values: readonly number[]): { n: number; median: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return {
    n: sorted.length,
    median: (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2,
  };
}

function own({ summary }: RunRecord, metric: string): MetricRecord | undefined {
  return Object.hasOwn(summary, metric) ? summary[metric] : undefined;
}
