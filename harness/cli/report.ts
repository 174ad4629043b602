import { existsSync } from 'node:fs';
import path from 'node:path';
import { journalOfNotedResults, RUN_FACTS_FILE, rebuildJournal } from '../analysis/rebuild-journal.ts';
import { changedSince } from '../ground/files-digest.ts';
import type { Journal } from '../journal/journal.ts';
import { JOURNAL_FILE } from '../journal/journal-text.ts';
import { readJournal } from '../journal/read-journal.ts';
import { countTrialResults, TRIAL_RESULTS_FILE } from '../journal/trial-results.ts';
import { formats } from '../report/formats.ts';
import type { Command, CommandContext } from './context.ts';
import { screen } from './screen.ts';

/** The report of a run that was made earlier. */
export const report: Command<{ folder: string; format: string }> = async (context, { folder, format }) => {
  const { render } = formats.need(format);
  const journal = await journalOf(folder, context);
  const files = journal.command?.files;
  const changed = files && changedSince(files);
  if (changed !== undefined) context.say(`note: what is repeated is not the same run any more: ${changed}`);
  context.out(render(journal, { ...screen(), changed }));
  return 0;
};

/** As it was written; or, when only the records are left, made of them again. */
async function journalOf(folder: string, context: CommandContext): Promise<Journal> {
  const file = path.join(folder, JOURNAL_FILE);
  const has_run = existsSync(path.join(folder, RUN_FACTS_FILE));
  if (!existsSync(file) && has_run) {
    context.say(`${file} is gone: made again from the captures and the probes' records`);
    return rebuildJournal(folder);
  }
  const journal = await readJournal(file);
  const noted = countTrialResults(path.join(folder, TRIAL_RESULTS_FILE));
  const lacking = noted - journal.trials.length - journal.repeated.length;
  if (lacking <= 0 || !has_run) return journal;
  context.say(`${file} lacks the last ${lacking} of ${noted} trials: made again from ${TRIAL_RESULTS_FILE}`);
  return journalOfNotedResults(folder);
}
