import { formatRange, formatValue } from '../../journal/format-value.ts';
import { comparisonOutcome } from '../compare/comparison-text.ts';
import { textTable } from '../text-table.ts';
import type { CellReport, MatrixReport } from './matrix-report.ts';

/** The runs of a matrix for people: a row for each, then what each says beside the first of its kind; ends with a newline. */
export function matrixText({ file, verdict, columns, cells }: MatrixReport): string {
  const names = [...new Set(cells.flatMap(({ values }) => Object.keys(values)))];
  const head = [
    ...['', 'DRILL', ...names.map((name) => name.toUpperCase())],
    ...['TRIALS', 'METRIC', 'MEDIAN, 95 %'],
    ...(columns === undefined ? [] : ['BESIDE']),
  ];
  const rows = cells.map((cell) => [
    cell.verdict.toUpperCase(),
    cell.drill,
    ...names.map((name) => cell.values[name] ?? ''),
    trialWords(cell),
    cell.metric ?? '',
    valueWords(cell),
    ...(columns === undefined ? [] : [besideWords(cell)]),
  ]);
  const compared = columns === undefined ? '' : `; compared: ${columns}`;
  const sentences = cells.flatMap((cell) => comparedSentence(cell, columns));
  return [
    `${verdict.toUpperCase()} ${file}: ${cells.length} ${cells.length === 1 ? 'run' : 'runs'}${compared}\n\n`,
    textTable(head, rows),
    ...(sentences.length > 0 ? ['\n', ...sentences.map((one) => `${one}\n`)] : []),
  ].join('');
}

function trialWords({ folder, trials, trusted }: CellReport): string {
  if (folder === undefined) return 'not made';
  return trusted < trials ? `${trusted} of ${trials} count` : String(trials);
}

function valueWords({ metric, summary }: CellReport): string {
  if (metric === undefined || !summary) return '';
  const { median, ci95, lower_bounds } = summary;
  return `${lower_bounds ? '≥ ' : ''}${formatValue(metric, median)} (${formatRange(metric, ...ci95)})`;
}

function besideWords({ beside, comparison, not_compared, folder }: CellReport): string {
  if (folder === undefined) return '';
  if (comparison) return `${beside}: ${comparisonOutcome(comparison).word.toLowerCase()}`;
  return not_compared === undefined ? 'the first' : `${beside}: not compared`;
}

function comparedSentence(
  { drill, values, beside, comparison, not_compared }: CellReport,
  columns: string | undefined,
): string[] {
  if (columns === undefined || beside === undefined) return [];
  const others = Object.entries(values).filter(([name]) => name !== columns);
  const where = [drill, ...others.map(([name, value]) => `${name}=${value}`)].join(', ');
  const which = `${where}: ${columns}=${values[columns]} beside ${beside}`;
  if (!comparison) return [`${which}: not compared: ${not_compared}`];
  const { word, why } = comparisonOutcome(comparison);
  return [`${which}: ${word.toLowerCase()}: ${why}`];
}
