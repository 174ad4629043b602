import { cleanLine } from '../ground/clean-text.ts';

/** What begins a formula in spreadsheets (OWASP, "CSV Injection"), full-width forms among it. */
const FORMULA = /^\s*[=+\-@\t\r|\uFF1D\uFF0B\uFF0D\uFF20]/u;

/**
 * One line of comma-separated values (RFC 4180), ends with a line feed. Texts are cleaned; one that a spreadsheet would
 * take for a formula gets an apostrophe before it. Numbers are as they are; undefined is an empty cell.
 */
export function csvLine(cells: readonly (string | number | undefined)[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

function csvCell(cell: string | number | undefined): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const text = cleanLine(cell);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
