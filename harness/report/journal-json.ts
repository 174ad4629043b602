import { jsonPieces } from '../ground/json-text.ts';
import type { Journal, Trial } from '../journal/journal.ts';
import { wholeTrial } from '../journal/kept-trial.ts';

/** A journal as JSON for people and programs, in pieces. */
export function journalJson(journal: Journal): Generator<string> {
  return jsonPieces({ ...journal }, (element) => wholeTrial(element as Trial));
}

/** The same journal with all of its trials in memory. */
export function wholeJournal(journal: Journal): Journal {
  return { ...journal, trials: journal.trials.map(wholeTrial), repeated: journal.repeated.map(wholeTrial) };
}
