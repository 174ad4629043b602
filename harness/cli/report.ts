import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { journalOfNotedResults, RUN_FACTS_FILE, rebuildJournal } from '../analysis/rebuild-journal.ts';
import { EVENTS_FILE } from '../drill/run-folder.ts';
import { InputError } from '../ground/errors.ts';
import { changedSince } from '../ground/files-digest.ts';
import type { Journal } from '../journal/journal.ts';
import { JOURNAL_FILE } from '../journal/journal-text.ts';
import { readJournal } from '../journal/read-journal.ts';
import { countTrialResults, TRIAL_RESULTS_FILE } from '../journal/trial-results.ts';
import { readEvidence } from '../report/evidence.ts';
import { formats } from '../report/formats.ts';
import { writeIndex } from '../report/write-page.ts';
import type { Command, CommandContext } from './context.ts';
import { screen } from './screen.ts';

/** The report of a run that was made earlier, or the page over all runs of a folder. */
export const report: Command<{ folder: string | undefined; format: string; index?: string }> = async (
  context,
  { folder, format, index },
) => {
  if (index !== undefined && folder === undefined) return indexOf(index, context);
  if (folder === undefined || index !== undefined)
    throw new InputError('give either the folder of one run, or --index with a folder for results');
  const { render, shows_evidence } = formats.need(format);
  const journal = await journalOf(folder, context);
  const files = journal.command?.files;
  const changed = files && changedSince(files);
  if (changed !== undefined) context.say(`note: what is repeated is not the same run any more: ${changed}`);
  const evidence = shows_evidence && (await readEvidence(folder, journal));
  const text = render(journal, { ...screen(), changed, ...(evidence ? { evidence } : {}) });
  // A reader who stops wants no further piece.
  for (const piece of typeof text === 'string' ? [text] : text) if (!(await context.out(piece))) break;
  return 0;
};

async function indexOf(folder: string, context: CommandContext): Promise<number> {
  const { file, skipped } = await writeIndex(folder);
  for (const sentence of skipped) context.say(sentence);
  context.out(`${file}\n`);
  return 0;
}

const BEGAN_ONLY = 'this run is incomplete: it ended before its lab was built, and 0 trials are on record';

/** Such a run left nothing but its log of events, before hadrill noted at once what was asked for. */
function beganOnly(folder: string): boolean {
  if (!existsSync(path.join(folder, EVENTS_FILE))) return false;
  return readdirSync(folder).every((name) => !/^trial-\d+$/.test(name));
}

/** As it was written; or, when only the records are left, made of them again. */
async function journalOf(folder: string, context: CommandContext): Promise<Journal> {
  const file = path.join(folder, JOURNAL_FILE);
  const has_run = existsSync(path.join(folder, RUN_FACTS_FILE));
  if (!existsSync(file) && has_run) {
    context.say(`${file} is gone: made again from the captures and the probes' records`);
    return rebuildJournal(folder);
  }
  if (!existsSync(file) && beganOnly(folder))
    throw new InputError([{ message: BEGAN_ONLY, position: { file: folder } }]);
  const journal = await readJournal(file);
  const noted = countTrialResults(path.join(folder, TRIAL_RESULTS_FILE));
  const lacking = noted - journal.trials.length - journal.repeated.length;
  if (lacking <= 0 || !has_run) return journal;
  context.say(`${file} lacks the last ${lacking} of ${noted} trials: made again from ${TRIAL_RESULTS_FILE}`);
  return journalOfNotedResults(folder);
}
