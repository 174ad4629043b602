import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { InputError, messageOf } from '../ground/errors.ts';
import { JOURNAL_SCHEMA, type Journal } from '../journal/journal.ts';
import { terminalReport } from '../report/terminal.ts';
import type { Command } from './context.ts';

/** The report of a run that was made earlier. */
export const report: Command<{ folder: string; format: string }> = async (context, { folder, format }) => {
  if (format !== 'text' && format !== 'json')
    throw new InputError(`--format is text or json, not '${format}'`);
  const journal = await readJournal(path.join(folder, 'journal.json'));
  const text =
    format === 'json'
      ? `${JSON.stringify(journal, null, 2)}\n`
      : terminalReport(journal, { colour: process.stdout.isTTY });
  context.out(text);
  return 0;
};

async function readJournal(file: string): Promise<Journal> {
  let journal: Journal;
  try {
    journal = JSON.parse(await readFile(file, 'utf8')) as Journal;
  } catch (error) {
    throw new InputError([{ message: `no journal can be read: ${messageOf(error)}`, position: { file } }]);
  }
  if (journal.schema === JOURNAL_SCHEMA) return journal;
  throw new InputError([
    { message: `schema is '${journal.schema}', not '${JOURNAL_SCHEMA}'`, position: { file } },
  ]);
}
