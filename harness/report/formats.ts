import { registryOf } from '../ground/registry.ts';
import type { Journal } from '../journal/journal.ts';
import type { Evidence } from './evidence.ts';
import { reportPage } from './html/report-page.ts';
import { journalJson } from './journal-json.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import { metricsCsv } from './metrics-csv.ts';
import { otavaCsv, seriesRun } from './otava.ts';
import { type TerminalOptions, terminalReport } from './terminal.ts';

/** A way to write the report of a run. */
export interface ReportFormat {
  readonly name: string;
  /** It shows more of the run's folder than the journal. */
  readonly shows_evidence?: true;
  /** Ends with a newline; in pieces where it may be long. */
  render(journal: Journal, options: RenderOptions): string | Generator<string>;
}

export interface RenderOptions extends TerminalOptions {
  /** What the run's folder has beyond the journal. */
  evidence?: Evidence;
}

/** Every format of `hadrill report --format`. A new one is a file and a line here. */
export const formats = registryOf<ReportFormat>(
  'report format',
  [
    { name: 'text', render: terminalReport },
    { name: 'json', render: journalJson },
    { name: 'md', render: (journal, { changed }) => markdownReport(journal, changed) },
    {
      name: 'html',
      shows_evidence: true,
      render: (journal, { changed, evidence }) => reportPage(journal, changed, evidence),
    },
    { name: 'junit', render: (journal) => junitReport(journal) },
    { name: 'csv', render: (journal) => metricsCsv(journal) },
    { name: 'otava', render: (journal) => otavaCsv([seriesRun(journal)]) },
  ],
  ({ name }) => name,
);
