import type { Journal } from '../journal/journal.ts';
import { trialNames } from './trial-names.ts';

/** Of which trials the captures and records were kept, where it is not all: one sentence. */
export function keptRecords({ trials, repeated }: Journal): string[] {
  const dropped = trials.filter((trial) => trial.records_dropped).length;
  const dropped_repeated = repeated.filter((trial) => trial.records_dropped).length;
  if (dropped + dropped_repeated === 0) return [];
  const kept = trials.filter((trial) => !trial.records_dropped).map(({ index }) => index);
  const which = kept.length > 0 ? ` (${trialNames(kept)})` : '';
  const starved =
    dropped_repeated > 0
      ? `, and of ${repeated.length - dropped_repeated} of ${repeated.length} repeated ones`
      : '';
  return [
    `The captures and records of ${kept.length} of ${trials.length} trials were kept${which}${starved}: ` +
      "the numbers of the others can't be computed again (--keep-records).",
  ];
}
