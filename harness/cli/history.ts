import path from 'node:path';
import { cleanLines } from '../ground/clean-text.ts';
import { ExitCode, InputError } from '../ground/errors.ts';
import { jsonText } from '../ground/json-text.ts';
import { registryOf } from '../ground/registry.ts';
import { changeReport } from '../report/history/change-report.ts';
import { findRuns } from '../report/history/find-runs.ts';
import { historyReport } from '../report/history/history-report.ts';
import { changeVerdict, lastChanges } from '../report/history/last-change.ts';
import type { RunRecord } from '../report/history/run-record.ts';
import { History } from '../report/history/store.ts';
import { otavaCsv } from '../report/otava.ts';
import type { Command } from './context.ts';

/** Name of the database in a folder for results. */
const HISTORY_FILE = 'history.sqlite';

interface HistoryOptions {
  drill: string;
  results: string;
  format: string;
  metric?: string[];
  /** The exit code says whether the last run is worse. */
  check?: boolean;
}

interface HistoryFormat {
  name: string;
  render(drill: string, runs: readonly RunRecord[], metrics?: readonly string[]): string;
}

const formats = registryOf<HistoryFormat>(
  'history format',
  [
    { name: 'text', render: textHistory },
    { name: 'json', render: (_, runs) => jsonText(runs) },
    { name: 'otava', render: (_, runs, metrics) => otavaCsv(runs, metrics) },
  ],
  ({ name }) => name,
);

/** The runs, then the last one beside those before it. */
function textHistory(drill: string, runs: readonly RunRecord[], metrics?: readonly string[]): string {
  const clean = cleanLines(runs);
  return `${historyReport(drill, clean, metrics)}\n${changeReport(lastChanges(clean), clean)}`;
}

/** All runs of a drill that were ever seen in a folder for results. */
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
    const { runs, unreadable } = store.runsOf(drill);
    if (unreadable > 0)
      context.say(`skipped ${unreadable} runs whose records in ${HISTORY_FILE} are damaged`);
    if (runs.length === 0) throw unknownDrill(drill, store.drills());
    context.out(render(drill, runs, metric));
    return check ? ExitCode[changeVerdict(lastChanges(runs))] : ExitCode.pass;
  } finally {
    store.close();
  }
};

function unknownDrill(drill: string, names: readonly string[]): InputError {
  const known = names.length > 0 ? `; there are runs of ${names.join(', ')}` : '; there are no runs';
  return new InputError(`there is no run of '${drill}'${known}`);
}
