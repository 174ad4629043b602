import path from 'node:path';
import { cleanLines } from '../ground/clean-text.ts';
import { InputError } from '../ground/errors.ts';
import { jsonText } from '../ground/json-text.ts';
import { registryOf } from '../ground/registry.ts';
import { findRuns } from '../report/history/find-runs.ts';
import { historyReport } from '../report/history/history-report.ts';
import type { RunRecord } from '../report/history/run-record.ts';
import { History } from '../report/history/store.ts';
import { otavaCsv } from '../report/otava.ts';
import type { Command } from './context.ts';

/** Name of the database in a folder for results. */
const HISTORY_FILE = 'history.sqlite';

interface HistoryFormat {
  name: string;
  render(drill: string, runs: readonly RunRecord[], metrics?: readonly string[]): string;
}

const formats = registryOf<HistoryFormat>(
  'history format',
  [
    { name: 'text', render: (drill, runs, metrics) => historyReport(drill, cleanLines(runs), metrics) },
    { name: 'json', render: (_, runs) => jsonText(runs) },
    { name: 'otava', render: (_, runs, metrics) => otavaCsv(runs, metrics) },
  ],
  ({ name }) => name,
);

/** All runs of a drill that were ever seen in a folder for results. */
export const history: Command<{ drill: string; results: string; format: string; metric?: string[] }> = async (
  context,
  { drill, results, format, metric },
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
    return 0;
  } finally {
    store.close();
  }
};

function unknownDrill(drill: string, names: readonly string[]): InputError {
  const known = names.length > 0 ? `; there are runs of ${names.join(', ')}` : '; there are no runs';
  return new InputError(`there is no run of '${drill}'${known}`);
}
