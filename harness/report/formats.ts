import { jsonText } from '../ground/json-text.ts';
import { registryOf } from '../ground/registry.ts';
import type { Journal } from '../journal/journal.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import { metricsCsv } from './metrics-csv.ts';
import { otavaCsv, seriesRun } from './otava.ts';
import { type TerminalOptions, terminalReport } from './terminal.ts';

/** A way to write the report of a run. */
export interface ReportFormat {
  readonly name: string;
  /** Ends with a newline. */
  render(journal: Journal, options: TerminalOptions): string;
}

/** Every format of `hadrill report --format`. A new one is a file and a line here. */
export const formats = registryOf<ReportFormat>(
  'report format',
  [
    { name: 'text', render: terminalReport },
    { name: 'json', render: (journal) => jsonText(journal) },
    { name: 'md', render: (journal, { changed }) => markdownReport(journal, changed) },
    { name: 'junit', render: (journal) => junitReport(journal) },
    { name: 'csv', render: (journal) => metricsCsv(journal) },
    { name: 'otava', render: (journal) => otavaCsv([seriesRun(journal)]) },
  ],
  ({ name }) => name,
);
