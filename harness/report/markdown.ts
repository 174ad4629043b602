import type { Journal } from '../journal/journal.ts';
import type { Section } from '../journal/section.ts';
import { type ReportModel, reportModel } from './model.ts';

/** The report of a run in Markdown, with the content of the terminal's; ends with a newline. */
export function markdownReport(journal: Journal, changed?: string): string {
  const model = reportModel(journal, changed);
  const blocks = [
    `## ${model.verdict.toUpperCase()} ${plain(model.drill)}`,
    block(model.conditions),
    bullets(model.headline),
    ...problemBlocks(model),
    ...(model.notes.length > 0 ? ['### Of single trials', bullets(model.notes)] : []),
    ...model.sections.flatMap(sectionBlocks),
    ...(model.yardsticks.length > 0 ? ['### Other yardsticks', bullets(model.yardsticks)] : []),
    ...expectationBlocks(model),
    ...(model.repeated.length > 0 ? ['### Repeated', bullets(model.repeated)] : []),
    ...(model.kept.length > 0 ? ['### Records', bullets(model.kept)] : []),
    ...(model.scale.length > 0 ? ['### Scale', bullets(model.scale)] : []),
    `Made ${plain(model.environment)}.`,
    ...model.repeat_notes.map(block),
    `Repeat: ${code(model.repeat)}`,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function sectionBlocks({ title, head, align, rows, notes }: Section): string[] {
  if (rows.length + notes.length === 0) return [];
  const words = head.map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  const sides = align.map((side) => (side === 'right' ? '---:' : '---'));
  return [`### ${title}`, ...(rows.length > 0 ? [table(words, rows, sides)] : []), bullets(notes)];
}

function expectationBlocks({ expectations }: ReportModel): string[] {
  if (expectations.length === 0) return [];
  const rows = expectations.map((row) => [row.verdict.toUpperCase(), row.metric, row.wanted, row.observed]);
  return ['### Expectations', table(['Verdict', 'Expectation', 'Wanted', 'Observed'], rows)];
}

function problemBlocks({ problems }: ReportModel): string[] {
  if (problems.length === 0) return [];
  const texts = problems.map(({ verdict, where, lines, records }) => {
    const folder = records ? ` (records: ${code(records)})` : '';
    return [
      `- **${verdict.toUpperCase()}** ${plain(where)}${folder}`,
      ...lines.map((line) => `  - ${block(line.trim())}`),
    ];
  });
  return ['### Why', texts.flat().join('\n')];
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly string[] = head.map(() => '---'),
): string {
  const lines = [head, align, ...rows.map((row) => row.map(plain))];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function bullets(texts: readonly string[]): string {
  return texts.map((text) => `- ${block(text)}`).join('\n');
}

/** A text that begins a block, escaped: it begins no heading, list or line of its own (CommonMark 0.31, 4 and 5). */
function block(text: string): string {
  return plain(text)
    .replace(/^(\s*)([#+=-])/, String.raw`$1\$2`)
    .replace(/^(\s*\d+)([.)]\s)/, String.raw`$1\$2`);
}

/** Escapes what Markdown or HTML would take as its own within a line (CommonMark 0.31, 2.4). */
function plain(text: string): string {
  return text.replace(/[\\`*_|<>[\]&~]/g, String.raw`\$&`);
}

/**
 * A code span, fenced by more backticks than it has in a row (CommonMark 0.31, 6.1). What looks like an element is
 * written out and escaped: not every reader of Markdown keeps code spans from its HTML.
 */
function code(text: string): string {
  if (text.includes('<')) return plain(text);
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  if (longest === 0) return `\`${text}\``;
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${text} ${fence}`;
}
