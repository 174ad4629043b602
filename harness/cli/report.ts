import { existsSync } from 'node:fs';
import path from 'node:path';
import { RUN_FACTS_FILE, rebuildJournal } from '../analysis/rebuild-journal.ts';
import { InputError } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import type { Journal } from '../journal/journal.ts';
import { readJournal } from '../journal/read-journal.ts';
import { markdownReport } from '../report/markdown.ts';
import { terminalReport } from '../report/terminal.ts';
import type { Command, CommandContext } from './context.ts';
import { screen } from './screen.ts';

const FORMATS: ReadonlyMap<string, (journal: Journal) => string> = new Map([
  ['text', (journal) => terminalReport(journal, screen())],
  ['json', (journal) => `${JSON.stringify(journal, null, 2)}\n`],
  ['md', markdownReport],
]);

/** The report of a run that was made earlier. */
export const report: Command<{ folder: string; format: string }> = async (context, { folder, format }) => {
  const render = FORMATS.get(format);
  if (!render) {
    const known = [...FORMATS.keys()];
    throw new InputError(
      `--format is one of ${known.join(', ')}, not '${format}'${didYouMean(format, known)}`,
    );
  }
  context.out(render(await journalOf(folder, context)));
  return 0;
};

/** As it was written; or, when only the records are left, made of them again. */
function journalOf(folder: string, context: CommandContext): Promise<Journal> {
  const file = path.join(folder, 'journal.json');
  if (existsSync(file) || !existsSync(path.join(folder, RUN_FACTS_FILE))) return readJournal(file);
  context.say(`${file} is gone: made again from the captures and the probes' records`);
  return rebuildJournal(folder);
}
