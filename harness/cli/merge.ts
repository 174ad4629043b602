import { findShards } from '../drill/find-shards.ts';
import { mergeShards, missingTrials } from '../drill/merge-shards.ts';
import { ExitCode } from '../ground/errors.ts';
import { jsonText } from '../ground/json-text.ts';
import type { Journal } from '../journal/journal.ts';
import { journalJson, wholeJournal } from '../report/journal-json.ts';
import { terminalReport } from '../report/terminal.ts';
import { pageSentence } from '../report/write-page.ts';
import type { Command } from './context.ts';
import { screen } from './screen.ts';

interface MergeOptions {
  folders: string[];
  out: string;
  json?: boolean;
}

/** Puts the shards of runs together, each drill and profile by itself. */
export const merge: Command<MergeOptions> = async (context, { folders, out, json = false }) => {
  const journals: Journal[] = [];
  for (const shards of await findShards(folders)) {
    const { journal, folder } = await mergeShards(shards, out);
    journals.push(journal);
    if (!json) context.out(terminalReport(journal, screen()));
    const missing = missingTrials(journal);
    if (missing !== undefined) context.say(`${journal.drill}: ${missing}`);
    context.say(`records: ${folder}`);
    context.say(await pageSentence(folder, journal));
  }
  const [only] = journals;
  if (json && only && journals.length === 1) for (const piece of journalJson(only)) await context.out(piece);
  else if (json) context.out(jsonText(journals.map(wholeJournal)));
  const verdicts = journals.map(({ verdict }) => verdict);
  const worst =
    (['fail', 'unknown', 'pass'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'unknown';
  return ExitCode[worst];
};
