import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { MIB } from '../ground/read-regular-file.ts';
import { JOURNAL_SCHEMA, type Journal } from './journal.ts';
import { journalSchema } from './journal-schema.ts';
import { readLargeJournal } from './read-large-journal.ts';
import { readRecord } from './read-record.ts';

const LARGE_BYTES = 64 * MIB;
/** As `journalPieces` begins; a file that another program has written anew may be in other lines. */
const BEGINNING = '{\n  "schema": ';

/**
 * Reads and checks a journal. Of a large one long parts of trials are read from the file when they are asked for.
 * @param file path of a `journal.json`.
 * @throws InputError when there is none, it is not JSON, of another schema, or fields are missing or wrong.
 */
export async function readJournal(file: string): Promise<Journal> {
  if (isLarge(file)) return readLargeJournal(file);
  return readRecord(file, 'journal', JOURNAL_SCHEMA, journalSchema);
}

function isLarge(file: string): boolean {
  const info = statSync(file, { throwIfNoEntry: false });
  if (!info?.isFile() || info.size <= LARGE_BYTES) return false;
  const opened = openSync(file, 'r');
  try {
    const text = Buffer.alloc(BEGINNING.length);
    readSync(opened, text);
    return text.toString('latin1') === BEGINNING;
  } finally {
    closeSync(opened);
  }
}
