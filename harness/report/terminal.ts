import Table from 'cli-table3';
import type { Journal } from '../journal/journal.ts';
export function terminalReport(journal: Journal, _options: { colour: boolean }): string {
  return `${JSON.stringify(journal.summary, null, 1)}\n${JSON.stringify(journal.expectations, null, 1)}\n${journal.verdict} ${Table.name}\n`;
}
