import { stripVTControlCharacters } from 'node:util';
import type { ExpectationRecord, Journal, Trial, Verdict } from '../journal/journal.ts';
import { INTERRUPTED, trialsNotMade } from '../journal/trials-not-made.ts';
import { isTrusted } from '../journal/trusted.ts';
import { trustedTrials } from '../journal/trusted-trials.ts';
import { countedVerdict, judgeExpectations } from '../verdict/judge.ts';
import { readingOf } from '../verdict/reading.ts';
import { atMost } from './at-most.ts';
import { describeInTrial, expectationRows } from './expectation-rows.ts';
import { trialNames } from './trial-names.ts';

/** Why a trial, or the run as a whole, did not pass. */
export interface Problem {
  verdict: Verdict;
  /** `trial 2`, `trials 1-3`, `all trials` */
  where: string;
  /** What is wrong; a line of a longer text may be indented. */
  lines: string[];
  /** Folders with the raw records, beside the journal: `trial-2`, `trial-1, trial-2`. */
  records: string | undefined;
}

/** Problems of trials that are listed one by one: half of them failures, half of them what is not known. */
const MOST_PROBLEMS = 20;
/** Folders that are named for one problem. */
const MOST_FOLDERS = 10;

/** Trial by trial, those with the same problem together; then what only all trials together show. */
export function problemsOf(journal: Journal): Problem[] {
  const explained = new Set<string>();
  const trials = journal.trials.flatMap((trial) => {
    const broken = brokenIn(journal.expectations, trial);
    for (const { metric } of broken) explained.add(metric);
    if (trial.verdict === 'pass' && broken.length === 0) return [];
    return [{ trial, ...problemOfTrial(trial, broken) }];
  });
  const alike = Map.groupBy(trials, ({ verdict, lines }) => JSON.stringify([verdict, lines]));
  const problems = [...alike.values()].map((group): Problem => {
    const records = group.flatMap(({ trial }) => trial.records ?? []);
    return {
      verdict: group[0]!.verdict,
      where: trialNames(group.map(({ trial }) => trial.index)),
      lines: group[0]!.lines,
      records: records.length > 0 ? atMost(records, MOST_FOLDERS, andMore).join(', ') : undefined,
    };
  });
  return [...withoutMost(problems, trials), ...problemOfLack(journal), ...problemsOfRun(journal, explained)];
}

/** Trials that were asked for and are not on record. */
function problemOfLack(journal: Journal): Problem[] {
  const missing = trialsNotMade(journal);
  if (!missing) return [];
  const { first, last } = missing;
  const where = first === last ? `trial ${first}` : `trials ${first}-${last}`;
  const lines = [`not made: ${whyNotMade(journal)}`];
  return [{ verdict: 'unknown', where, lines, records: undefined }];
}

function whyNotMade({ ended_early }: Journal): string {
  if (ended_early === undefined) return 'the run has not ended, or was killed';
  return ended_early === INTERRUPTED ? 'the run was interrupted' : ended_early;
}

function andMore(count: number): string {
  return `and ${count} more`;
}

/** Those that fail before those of which nothing is known; of each the first, and how many more there are. */
function withoutMost(
  problems: readonly Problem[],
  trials: readonly { trial: Trial; verdict: Verdict }[],
): Problem[] {
  if (problems.length <= MOST_PROBLEMS) return [...problems];
  return (['fail', 'unknown'] as const).flatMap((verdict) => {
    const own = problems.filter((problem) => problem.verdict === verdict);
    const bad = trials.filter((trial) => trial.verdict === verdict).map(({ trial }) => trial.index);
    return atMost(own, MOST_PROBLEMS / 2, (count) => ({
      verdict,
      where: `in all ${trialNames(bad)}`,
      lines: [`${count} more ways in which trials did not pass are in the journal, with their reasons`],
      records: undefined,
    }));
  });
}

/** The expectations on every trial that this one breaches, or on which nothing can be said of it. */
function brokenIn(expectations: readonly ExpectationRecord[], trial: Trial): ExpectationRecord[] {
  if (!isTrusted(trial)) return [];
  const each = expectations.filter(({ stat }) => stat === 'each');
  return judgeExpectations(each, [trial]).filter((record) => countedVerdict(record) !== 'pass');
}

function problemOfTrial(
  trial: Trial,
  broken: readonly ExpectationRecord[],
): { verdict: Verdict; lines: string[] } {
  const audits = trial.audits.filter(({ verdict }) => verdict !== 'pass');
  const listed = [
    ...audits.map(({ name, detail }) => `${name}: ${detail}`),
    ...broken.flatMap(({ metric, detail = '' }) => [detail, `${metric}: ${detail}`]),
  ];
  const breaches = broken.filter(({ verdict }) => verdict === 'fail');
  const lines = [
    ...breaches.map((breach) => {
      const { metric, wanted, observed } = describeInTrial(breach, trial);
      return `${metric}: wanted ${wanted}, observed ${observed}`;
    }),
    ...audits.map(({ name, verdict, detail }) => `audit ${name} (${verdict}): ${detail}`),
    ...faultDoubts(trial),
    ...restOfReason(trial.reason ?? '', listed),
    ...lackLines(
      trial,
      broken.filter(({ verdict }) => verdict === 'unknown'),
    ),
  ];
  const verdict = breaches.length > 0 ? 'fail' : trial.verdict === 'pass' ? 'unknown' : trial.verdict;
  return { verdict, lines: lines.length > 0 ? lines : ['no reason was noted'] };
}

/** What cannot be judged, each reason once with all that lack for it. */
function lackLines(trial: Trial, records: readonly ExpectationRecord[]): string[] {
  const lacks = Map.groupBy(records, (record) => readingOf(record, trial).lack ?? record.detail ?? '');
  return [...lacks].map(([lack, its]) => {
    if (its.every(({ observed }) => observed === null)) {
      return `${its.map(({ metric }) => metric).join(', ')}: nothing was observed`;
    }
    if (its.length > 1) return `${its.map(({ metric }) => metric).join(', ')} can't be judged: ${lack}`;
    const { metric, wanted, observed } = describeInTrial(its[0]!, trial);
    return `${metric}: wanted ${wanted}, observed ${observed}; ${lack}`;
  });
}

function faultDoubts({ faults }: Trial): string[] {
  return faults.flatMap(({ kind, resolved, verified, reverted_at }) => [
    ...(verified ? [] : [`the ${kind} of ${resolved} was not seen to take effect`]),
    ...(reverted_at === null ? [`the ${kind} of ${resolved} was not healed`] : []),
  ]);
}

/** A trial's reason without the parts that are listed on lines of their own. */
function restOfReason(reason: string, listed: readonly string[]): string[] {
  let rest = stripVTControlCharacters(reason);
  for (const part of listed.toSorted((a, b) => b.length - a.length)) {
    if (part !== '') rest = rest.replace(part, '');
  }
  return rest
    .replace(/^(; )+|(; )+$/g, '')
    .replace(/(; ){2,}/g, '; ')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

/** Expectations that did not hold and that no trial by itself explains. */
function problemsOfRun(journal: Journal, explained: ReadonlySet<string>): Problem[] {
  const rows = expectationRows(journal);
  return (['fail', 'unknown'] as const).flatMap((verdict): Problem[] => {
    const lines = journal.expectations.flatMap((record, at) => {
      if (countedVerdict(record) !== verdict || isExplained(record, journal, explained)) return [];
      const { metric, wanted, observed } = rows[at]!;
      const why =
        verdict === 'unknown' && record.detail ? `; ${shortDetail(record.detail, journal.trials)}` : '';
      return [`${metric}: wanted ${wanted}, observed ${observed}${why}`];
    });
    return lines.length > 0 ? [{ verdict, where: 'all trials', lines, records: undefined }] : [];
  });
}

/** A trial that breaches it shows a failure; trials that are unknown show why nothing can be said. */
function isExplained(record: ExpectationRecord, journal: Journal, explained: ReadonlySet<string>): boolean {
  if (record.stat === 'each' && explained.has(record.metric)) return true;
  if (record.verdict === 'fail') return false;
  const trusted = trustedTrials(journal);
  if (trusted.length === journal.trials.length && !trialsNotMade(journal)) return false;
  return trusted.length === 0 || judgeExpectations([record], trusted)[0]!.verdict !== 'unknown';
}

/** Without the reasons of trials, which are listed with the trials. */
function shortDetail(detail: string, trials: readonly Trial[]): string {
  return trials.reduce((text, { reason }) => (reason ? text.replace(` (${reason})`, '') : text), detail);
}
