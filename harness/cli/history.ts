import path from 'node:path';
import { ExitCode, InputError } from '../ground/errors.ts';
import type { Verdict } from '../journal/journal.ts';
import { findRuns } from '../report/history/find-runs.ts';
import { formats } from '../report/history/formats.ts';
import { changeVerdict, lastChanges } from '../report/history/last-change.ts';
import { History } from '../report/history/store.ts';
import type { Command } from './context.ts';

/** Name of the database in a folder for results. */
const HISTORY_FILE = 'history.sqlite';

interface HistoryOptions {
  drill: string | undefined;
  results: string;
  format: string;
  metric?: string[];
  /** The exit code says whether the last run is worse. */
  check?: boolean;
}

/** All runs of a drill that were ever seen in a folder for results; of every drill that has some there now. */
export const history: Command<HistoryOptions> = async (
  context,
  { drill, results, format, metric, check = false },
) => {
  const { render } = formats.need(format);
  const { runs: found, skipped } = await findRuns(results);
  for (const sentence of skipped) context.say(sentence);
  const store = History.open(path.join(results, HISTORY_FILE));
  try {
    store.add(found);
    const here = [...new Set(found.map((run) => run.drill))].sort();
    const names = drill === undefined ? (here.length > 0 ? here : store.drills()) : [drill];
    const histories = names.map((name) => ({ drill: name, ...store.runsOf(name) }));
    const unreadable = histories.reduce((sum, one) => sum + one.unreadable, 0);
    if (unreadable > 0)
      context.say(`skipped ${unreadable} runs whose records in ${HISTORY_FILE} are damaged`);
    const known = histories.filter(({ runs }) => runs.length > 0);
    if (known.length === 0) throw unknownDrill(drill, results, store.drills());
    context.out(render(known, metric));
    return check ? worstOf(known.map(({ runs }) => changeVerdict(lastChanges(runs)))) : ExitCode.pass;
  } finally {
    store.close();
  }
};

function worstOf(verdicts: readonly Verdict[]): number {
  return ExitCode[(['fail', 'unknown', 'pass'] as const).find((verdict) => verdicts.includes(verdict))!];
}

function unknownDrill(drill: string | undefined, results: string, names: readonly string[]): InputError {
  if (drill === undefined) return new InputError(`there are no runs in '${results}'`);
  const known = names.length > 0 ? `; there are runs of ${names.join(', ')}` : '; there are no runs';
  return new InputError(`there is no run of '${drill}'${known}`);
}
