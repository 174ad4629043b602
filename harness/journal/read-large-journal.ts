import { InputError, type Position } from '../ground/errors.ts';
import { readLines } from '../ground/read-lines.ts';
import { MIB } from '../ground/read-regular-file.ts';
import { JOURNAL_SCHEMA, type Journal, type Trial } from './journal.ts';
import { journalSchema, trialSchema } from './journal-schema.ts';
import { keeperFor, type TrialKeeper } from './kept-trial.ts';
import { checkRecord, checkShape } from './read-record.ts';

const LIMITS = { max_bytes: 8192 * MIB, what: 'journal', no_link: true } as const;
const LISTS = ['trials', 'repeated'] as const;
const BEGINS = /^ {2}"(trials|repeated)": \[$/;
const ENDS = /^ {2}\],?$/;

/**
 * Reads a journal line by line, as `journalPieces` has written it: a line for each field, and for each trial. Long parts of
 * trials are read from the file when they are asked for.
 * @param most_bytes so large a file is held in memory all the same.
 * @throws InputError with the line, when it is not written so, or fields are missing or wrong.
 */
export function readLargeJournal(file: string, most_bytes?: number): Journal {
  const lists: Record<(typeof LISTS)[number], Trial[]> = { trials: [], repeated: [] };
  let keeper: TrialKeeper | undefined;
  let list: Trial[] | undefined;
  let header = '';
  let at = 0;
  readLines(file, LIMITS, (line, number) => {
    keeper ??= keeperFor([file], (trial) => trial as Trial, most_bytes)(file);
    if (list && line[0] === 0x20 && line[2] === 0x20) {
      const length = line.at(-1) === 0x2c ? line.length - 1 : line.length;
      list.push(keeper.keep(trialOf(line.subarray(0, length), { file, line: number }), { at, length }));
    } else {
      const text = line.toString('utf8');
      const name = BEGINS.exec(text)?.[1] as (typeof LISTS)[number] | undefined;
      if (name) list = lists[name];
      if (ENDS.test(text)) list = undefined;
      header += `${text}\n`;
    }
    at += line.length + 1;
  });
  return { ...checkRecord(header, { file }, 'journal', JOURNAL_SCHEMA, journalSchema), ...lists };
}

function trialOf(line: Buffer, position: Position): Trial {
  try {
    return checkShape(JSON.parse(line.toString('utf8')), position, trialSchema);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError([{ message: 'this line is not JSON, or not one trial', position }], {
      cause: error,
    });
  }
}
