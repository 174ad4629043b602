import { styleText } from 'node:util';
import type { Journal } from '../journal/journal.ts';
import type { Section } from '../journal/section.ts';
import type { Mark } from './expectation-rows.ts';
import { type ReportModel, reportModel } from './model.ts';
import { textTable } from './text-table.ts';
import { wrap } from './wrap.ts';

export interface TerminalOptions {
  /** Whether to write the escape sequences of colours; the caller knows what it writes to. */
  colour: boolean;
  /** Columns that there are for sentences; tables are as wide as they are. Default: 100. */
  width?: number;
  /** What became of the run's files since, a clause. */
  changed?: string | undefined;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const STYLES: Record<Mark, Style> = {
  pass: ['bold', 'green'],
  fail: ['bold', 'red'],
  unknown: ['bold', 'yellow'],
  known: ['bold', 'magenta'],
};

/** The report of a run for a terminal: what matters first, ends with a newline. */
export function terminalReport(journal: Journal, { colour, width = 100, changed }: TerminalOptions): string {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
  const model = reportModel(journal, changed);
  const verdict = `${mark(model.verdict, paint)} ${model.drill} (${model.conditions})`;
  const blocks = [
    // What a person in a hurry reads; what follows are details.
    `${verdict}\n${sentences(model.headline, width)}`,
    problemBlock(model, paint, width),
    sentences(model.notes, width),
    ...model.sections.map((section) => sectionBlock(section, paint, width)),
    sentences(model.yardsticks, width),
    expectationBlock(model, paint),
    sentences(
      model.repeated.map((line) => line.charAt(0).toUpperCase() + line.slice(1)),
      width,
    ),
    sentences(model.kept, width),
    sentences(model.scale, width),
    `${sentences([`Made ${model.environment}.`, ...model.repeat_notes], width)}Repeat: ${model.repeat}\n`,
  ];
  return blocks.filter((block) => block !== '').join('\n');
}

function mark(verdict: Mark, paint: Paint): string {
  return paint(STYLES[verdict], verdict.toUpperCase());
}

function sentences(texts: readonly string[], width: number): string {
  return texts.map((text) => `${wrap(text, width, '  ')}\n`).join('');
}

/** Titles are left out: the headings say what a table shows. */
function sectionBlock(
  { of, of_column, head, align, rows, notes }: Section,
  paint: Paint,
  width: number,
): string {
  if (rows.length === 0) return sentences(notes, width);
  const words = head.map((word, column) => (column === of_column && of ? of.toUpperCase() : word));
  const right = align.flatMap((side, column) => (side === 'right' ? [column] : []));
  return textTable(bold(words, paint), rows, { right }) + sentences(notes, width);
}

function expectationBlock({ expectations }: ReportModel, paint: Paint): string {
  if (expectations.length === 0) return '';
  return textTable(
    bold(['', 'EXPECTATION', 'WANTED', 'OBSERVED'], paint),
    expectations.map((row) => [mark(row.verdict, paint), row.metric, row.wanted, row.observed]),
  );
}

function problemBlock({ problems }: ReportModel, paint: Paint, width: number): string {
  if (problems.length === 0) return '';
  const texts = problems.map(({ verdict, where, lines, records }) => {
    const folder = records ? ` (records: ${records})` : '';
    return `${mark(verdict, paint)} ${where}${folder}\n${sentences(
      lines.map((line) => `  ${line}`),
      width,
    )}`;
  });
  return texts.join('');
}

function bold(head: readonly string[], paint: Paint): string[] {
  return head.map((text) => (text === '' ? '' : paint('bold', text)));
}
