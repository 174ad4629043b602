import { cleanLines } from '../ground/clean-text.ts';
import type { Journal, Trial, Verdict } from '../journal/journal.ts';
import type { Section } from '../journal/section.ts';
import { INTERRUPTED, trialsNotMade } from '../journal/trials-not-made.ts';
import { atMost } from './at-most.ts';
import { type ExpectationRow, expectationRows } from './expectation-rows.ts';
import { headline } from './headline.ts';
import { keptRecords } from './kept-records.ts';
import { type Problem, problemsOf } from './problems.ts';
import { describeEnvironment, repeatCommand } from './provenance.ts';
import { sectionsOf } from './sections.ts';
import { trialNotes } from './trial-notes.ts';
import { yardstickSentences } from './yardsticks.ts';

/** What a report says, in order, without a word on how it looks. */
export interface ReportModel {
  verdict: Verdict;
  drill: string;
  /** `profile sla, 5 trials, seed 1` */
  conditions: string;
  /** The findings, one sentence each. */
  headline: string[];
  /** Why it did not pass: shown right after the findings. */
  problems: Problem[];
  /** What is to be known of single trials: one sentence each. */
  notes: string[];
  /** The tables: the numbers first, then where they come from. */
  sections: Section[];
  /** What other measures make of the same trials. */
  yardsticks: string[];
  expectations: ExpectationRow[];
  /** Trials that were made again, one sentence each. */
  repeated: string[];
  /** Of which trials the records were kept, where it is not all: one sentence each. */
  kept: string[];
  environment: string;
  /** How far timers are from what is usual: one sentence each. */
  scale: string[];
  /** What keeps the command from making the same run: one sentence each. */
  repeat_notes: string[];
  /** The command that makes the same run again. */
  repeat: string;
}

/**
 * Everything that the reports for people say of a run. Every text is clean: records may come from elsewhere.
 * @param changed what became of the run's files since, a clause.
 */
export function reportModel(journal: Journal, changed?: string): ReportModel {
  return cleanLines({
    verdict: journal.verdict,
    drill: journal.drill,
    conditions: `profile ${journal.profile}, ${trialsMade(journal)}, seed ${journal.seed}`,
    headline: headline(journal),
    notes: trialNotes(journal),
    sections: sectionsOf(journal),
    yardsticks: yardstickSentences(journal),
    expectations: expectationRows(journal),
    problems: problemsOf(journal).map((problem) => ({
      ...problem,
      lines: problem.lines.flatMap((line) => line.split('\n')),
    })),
    repeated: atMost(
      journal.repeated.map(describeRepeated),
      MOST_REPEATED,
      (count) => `${count} more trials were repeated; the journal has the reasons.`,
    ),
    kept: keptRecords(journal),
    environment: describeEnvironment(journal),
    scale: journal.scale ?? [],
    repeat_notes: changed === undefined ? [] : [`What is repeated is not the same any more: ${changed}.`],
    repeat: repeatCommand(journal),
  });
}

/** Repeated trials that are listed one by one. */
const MOST_REPEATED = 10;

function describeRepeated({ index, reason, records }: Trial): string {
  const why = reason ?? 'no reason was noted';
  return `trial ${index} was repeated: ${why}${records ? ` (records: ${records})` : ''}`;
}

function trialsMade(journal: Journal): string {
  const { shard } = journal;
  const part = shard
    ? `, shard ${shard.number} of ${shard.of}: ${shard.first}-${shard.last} of ${shard.trials}`
    : '';
  return `${countMade(journal)}${part}`;
}

function countMade(journal: Journal): string {
  if (!trialsNotMade(journal)) return countOf(journal.trials.length, 'trial');
  const made = `${journal.trials.length} of ${countOf(journal.trials_asked!, 'trial')}`;
  return journal.ended_early === INTERRUPTED ? `${made}, ${INTERRUPTED}` : made;
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
