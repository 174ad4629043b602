import type { Rate } from '../../ground/wilson.ts';
import { type Change, correctedChanges } from '../../verdict/change.ts';
import { fisherP } from '../../verdict/rates.ts';
import type { Basis } from '../compare/measured.ts';
import { changesBetween } from '../compare/metric-changes.ts';
import { type Drift, driftsOf } from './drift.ts';
import { comparedMetrics, type MetricRecord, measuredIn, type RunRecord } from './run-record.ts';

/** As many runs before the last one are pooled. */
const MOST_BEFORE = 7;

/** What the last run says of one metric beside the runs before it; times in ms. */
export interface MetricChange extends Change {
  metric: string;
  basis: Basis;
}

/** The last run of a profile beside those before it. */
export interface LastChange {
  last: RunRecord;
  /** Those that it is compared with, oldest first: of the same versions among themselves, and of its machine where there are any. */
  before: RunRecord[];
  /** Machines of these, where none of them is that of the last run. */
  other_machines: string[];
  /** It failed, and the run before it that was not unknown had passed. */
  newly_failed: boolean;
  /** Trials whose numbers do not count, of those that were asked for: before, and now; p is Fisher's. */
  lost: { before: Rate; now: Rate; p: number };
  /** Lasting changes over all its runs, the oldest first. */
  drifts: Drift[];
  changes: MetricChange[];
}

/** For each profile the last run beside up to seven runs before it. @param runs oldest first. */
export function lastChanges(runs: readonly RunRecord[]): LastChange[] {
  return [...Map.groupBy(runs, ({ profile }) => profile).values()].map((its) => lastChange(its));
}

/** 'fail' where something became worse; 'unknown' where something could not be compared. */
export function changeVerdict(changes: readonly LastChange[]): 'pass' | 'fail' | 'unknown' {
  const words = changes.flatMap((one) => one.changes.map(({ word }) => word));
  if (words.includes('worse') || changes.some((one) => one.newly_failed || hasDrifted(one))) return 'fail';
  const lacking =
    words.length === 0 ||
    words.some((word) => word === 'not known' || word === 'too few trials') ||
    changes.some((one) => one.last.verdict === 'unknown' || one.changes.length === 0 || losesMore(one));
  return lacking ? 'unknown' : 'pass';
}

/** Whether the last run shows that something became worse over several. */
function hasDrifted({ drifts, last }: LastChange): boolean {
  return drifts.some(({ shown, from, to }) => shown === last.started_at && to > from);
}

/** Whether more trials do not count than chance explains. */
export function losesMore({ lost: { before, now, p } }: Pick<LastChange, 'lost'>): boolean {
  return p < 0.05 && now.count * before.of > before.count * now.of;
}

function lostOf(before: readonly RunRecord[], last: RunRecord): LastChange['lost'] {
  const rates = { before: lostIn(before), now: lostIn([last]) };
  return { ...rates, p: fisherP(rates.before, rates.now) };
}

function lostIn(runs: readonly RunRecord[]): Rate {
  const of = runs.reduce((sum, { trials_asked }) => sum + trials_asked, 0);
  return { count: of - runs.reduce((sum, { trusted }) => sum + trusted, 0), of };
}

function lastChange(runs: readonly RunRecord[]): LastChange {
  const last = runs.at(-1)!;
  const earlier = runs.slice(0, -1);
  // A machine that is new every night has no other runs.
  const own = earlier.filter(({ machine }) => machine === last.machine);
  const alike = own.some(({ trusted }) => trusted > 0);
  const before = baseOf(alike ? own : earlier);
  const metrics = new Set([...comparedMetrics(last), ...before.flatMap(comparedMetrics)]);
  return {
    last,
    before,
    other_machines: alike ? [] : [...new Set(before.map(({ machine }) => machine ?? 'not noted'))],
    newly_failed:
      last.verdict === 'fail' && earlier.findLast(({ verdict }) => verdict !== 'unknown')?.verdict === 'pass',
    lost: lostOf(before, last),
    drifts: driftsOf(alike ? [...own, last] : runs),
    changes: correctedChanges([...metrics].map((metric) => changeOf(metric, last, before))),
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
  const then = measuredIn(before.flatMap((run) => own(run, metric) ?? []));
  const now = measuredIn([own(last, metric) ?? []].flat());
  const [change] = changesBetween(then, now, 1);
  return { metric, ...change! };
}

function own({ summary }: RunRecord, metric: string): MetricRecord | undefined {
  return Object.hasOwn(summary, metric) ? summary[metric] : undefined;
}
