import { stripVTControlCharacters } from 'node:util';
import type { ExpectationRecord, Journal, Trial, Verdict } from '../journal/journal.ts';
import { judgeExpectations } from '../measure/judge.ts';
import { describeInTrial, expectationRows } from './expectation-rows.ts';
import { trustedTrials } from './trusted.ts';

/** Why a trial, or the run as a whole, did not pass. */
export interface Problem {
  verdict: Verdict;
  /** `trial 2`, `all trials` */
  where: string;
  /** What is wrong; a line of a longer text may be indented. */
  lines: string[];
  /** Folder with the raw records, beside the journal. */
  records: string | undefined;
}

/** Trial by trial, then what only all trials together show. */
export function problemsOf(journal: Journal): Problem[] {
  const explained = new Set<string>();
  const trials = journal.trials.flatMap((trial) => {
    const breaches = breachesOf(journal.expectations, trial);
    for (const { metric } of breaches) explained.add(metric);
    if (trial.verdict === 'pass' && breaches.length === 0) return [];
    return [problemOfTrial(trial, breaches)];
  });
  return [...trials, ...problemsOfRun(journal, explained)];
}

/** The expectations on every trial that this one breaches. */
function breachesOf(expectations: readonly ExpectationRecord[], trial: Trial): ExpectationRecord[] {
  const each = expectations.filter(({ stat }) => stat === 'each');
  return judgeExpectations(each, [trial]).filter(({ verdict }) => verdict === 'fail');
}

function problemOfTrial(trial: Trial, breaches: readonly ExpectationRecord[]): Problem {
  const audits = trial.audits.filter(({ verdict }) => verdict !== 'pass');
  const told = [
    ...audits.map(({ name, detail }) => `${name}: ${detail}`),
    ...breaches.flatMap(({ metric, detail = '' }) => [detail, `${metric}: ${detail}`]),
  ];
  const lines = [
    ...breaches.map((breach) => {
      const { metric, wanted, observed } = describeInTrial(breach, trial);
      return `${metric}: wanted ${wanted}, observed ${observed}`;
    }),
    ...audits.map(({ name, verdict, detail }) => `audit ${name} (${verdict}): ${detail}`),
    ...faultDoubts(trial),
    ...restOfReason(trial.reason ?? '', told),
  ];
  return {
    verdict: trial.verdict === 'pass' ? 'fail' : trial.verdict,
    where: `trial ${trial.index}`,
    lines: lines.length > 0 ? lines : ['no reason was noted'],
    records: trial.records,
  };
}

function faultDoubts({ faults }: Trial): string[] {
  return faults.flatMap(({ kind, resolved, verified, reverted_at }) => [
    ...(verified ? [] : [`the ${kind} of ${resolved} was not seen to take effect`]),
    ...(reverted_at === null ? [`the ${kind} of ${resolved} was not reverted`] : []),
  ]);
}

/** A trial's reason without the parts that are told on lines of their own. */
function restOfReason(reason: string, told: readonly string[]): string[] {
  let rest = stripVTControlCharacters(reason);
  for (const part of told.toSorted((a, b) => b.length - a.length)) {
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
      if (record.verdict !== verdict || isExplained(record, journal, explained)) return [];
      const { metric, wanted, observed } = rows[at]!;
      const why =
        verdict === 'unknown' && record.detail ? `; ${shortDetail(record.detail, journal.trials)}` : '';
      return [`${metric}: wanted ${wanted}, observed ${observed}${why}`];
    });
    return lines.length > 0 ? [{ verdict, where: 'all trials', lines, records: undefined }] : [];
  });
}

/** A trial that breaches it tells of a failure; trials that are unknown tell why nothing can be said. */
function isExplained(record: ExpectationRecord, journal: Journal, explained: ReadonlySet<string>): boolean {
  if (record.verdict === 'fail') return record.stat === 'each' && explained.has(record.metric);
  const trusted = trustedTrials(journal);
  if (trusted.length === journal.trials.length) return false;
  return trusted.length === 0 || judgeExpectations([record], trusted)[0]!.verdict !== 'unknown';
}

/** Without the reasons of trials, which are told with the trials. */
function shortDetail(detail: string, trials: readonly Trial[]): string {
  return trials.reduce((text, { reason }) => (reason ? text.replace(` (${reason})`, '') : text), detail);
}
