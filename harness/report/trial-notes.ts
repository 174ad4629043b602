import { formatValue } from '../journal/format-value.ts';
import type { Journal } from '../journal/journal.ts';
import { trustedTrials } from '../journal/trusted-trials.ts';
import { atMost } from './at-most.ts';
import { trialNames } from './trial-names.ts';

/** Of one probe in one trial; the journal has them all. */
const MOST_OUTAGES = 5;
/** Of each kind. */
const MOST_SENTENCES = 10;

/** What is to be known of single trials beside the findings of the run, one sentence each. */
export function trialNotes(journal: Journal): string[] {
  return [...manyOutages(journal), ...noteSentences(journal)];
}

/** Several outages of one probe in one trial are listed one by one. */
function manyOutages(journal: Journal): string[] {
  const each = trustedTrials(journal).flatMap(({ index, outages }) =>
    [...Map.groupBy(outages, ({ probe }) => probe)].flatMap(([probe, list]) => {
      if (list.length < 2) return [];
      const listed = list.slice(0, MOST_OUTAGES).map(({ start_ms, outage_ms, outage_error_ms, open }) => {
        const error = formatValue('_ms', outage_error_ms);
        const length = open
          ? `at least ${formatValue('_ms', outage_ms)}`
          : `${formatValue('_ms', outage_ms)} ± ${error}`;
        return `${length} from ${formatValue('_ms', start_ms)} after the fault`;
      });
      const more = list.length > MOST_OUTAGES ? `; and ${list.length - MOST_OUTAGES} more` : '';
      return [`Trial ${index} had ${list.length} outages (probe ${probe}): ${listed.join('; ')}${more}.`];
    }),
  );
  return atMost(
    each,
    MOST_SENTENCES,
    (count) => `${count} more trials had several outages; the journal has them.`,
  );
}

/** Sentences on single trials, each once. */
function noteSentences({ trials }: Journal): string[] {
  const notes = Map.groupBy(
    trials.flatMap(({ index, notes = [] }) => notes.map((note) => ({ index, note }))),
    ({ note }) => note,
  );
  const sentences = [...notes].map(([note, its]) => {
    const where = its.length === trials.length ? '' : `In ${trialNames(its.map(({ index }) => index))}: `;
    return `${where}${note}`;
  });
  return atMost(sentences, MOST_SENTENCES, (count) => `There are ${count} more such notes in the journal.`);
}
