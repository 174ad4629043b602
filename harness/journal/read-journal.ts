import { JOURNAL_SCHEMA, type Journal } from './journal.ts';
import { journalSchema } from './journal-schema.ts';
import { readRecord } from './read-record.ts';

/**
 * Reads and checks a journal.
 * @param file path of a `journal.json`.
 * @throws InputError when there is none, it is not JSON, of another schema, or fields are missing or wrong.
 */
export function readJournal(file: string): Promise<Journal> {
  return readRecord(file, 'journal', JOURNAL_SCHEMA, journalSchema);
}
