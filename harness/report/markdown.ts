import type { Journal } from '../journal/journal.ts';
import { type ReportModel, reportModel } from './model.ts';

/** The report of a run in Markdown, with the content of the terminal's; ends with a newline. */
export function markdownReport(journal: Journal): string {
  const model = reportModel(journal);
  const blocks = [
    `## ${model.verdict.toUpperCase()} ${plain(model.drill)}`,
    `${plain(model.conditions)}`,
    bullets(model.headline),
    ...metricBlocks(model),
    ...phaseBlocks(model),
    ...timelineBlocks(model),
    ...leaseBlocks(model),
    ...clusterBlocks(model),
    ...(model.yardsticks.length > 0 ? ['### Other yardsticks', bullets(model.yardsticks)] : []),
    ...expectationBlocks(model),
    ...problemBlocks(model),
    ...(model.repeated.length > 0 ? ['### Repeated', bullets(model.repeated)] : []),
    ...(model.scale.length > 0 ? ['### Scale', bullets(model.scale)] : []),
    `Made ${plain(model.environment)}.`,
    `Repeat: \`${model.repeat}\``,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function metricBlocks({ metrics: { head, rows, notes } }: ReportModel): string[] {
  const align = head.map((_, column) => (column > 0 && column < head.length - 1 ? '---:' : '---'));
  const title = head.map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  return ['### Numbers', ...(rows.length > 0 ? [table(title, rows, align)] : []), bullets(notes)].slice(
    rows.length + notes.length > 0 ? 0 : 3,
  );
}

function phaseBlocks({ phases }: ReportModel): string[] {
  if (!phases) return [];
  const { head, rows, notes } = phases;
  const align = head.map((_, column) => (column > 0 && column < head.length - 1 ? '---:' : '---'));
  const title = head.map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  return ['### Where the time went', table(title, rows, align), bullets(notes)];
}

function timelineBlocks({ timeline }: ReportModel): string[] {
  if (!timeline) return [];
  return [
    `### Timeline of ${timeline.of}`,
    table(['After the fault', 'What'], timeline.rows, ['---:', '---']),
  ];
}

function leaseBlocks({ leases }: ReportModel): string[] {
  if (!leases) return [];
  const { of, head, rows, notes } = leases;
  const align = head.map((_, column) => (column > 1 ? '---:' : '---'));
  const title = head.map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  return [`### Who knew which lease, in ${of}`, table(title, rows, align), bullets(notes)];
}

function clusterBlocks({ clusters }: ReportModel): string[] {
  if (!clusters) return [];
  const { of, head, rows, notes } = clusters;
  const title = head.map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  return [`### What crm_mon said in ${of}`, table(title, rows), bullets(notes)];
}

function expectationBlocks({ expectations }: ReportModel): string[] {
  if (expectations.length === 0) return [];
  const rows = expectations.map((row) => [row.verdict.toUpperCase(), row.metric, row.wanted, row.observed]);
  return ['### Expectations', table(['Verdict', 'Expectation', 'Wanted', 'Observed'], rows)];
}

function problemBlocks({ problems }: ReportModel): string[] {
  if (problems.length === 0) return [];
  const texts = problems.map(({ verdict, where, lines, records }) => {
    const folder = records ? ` (records: \`${records}\`)` : '';
    return [
      `- **${verdict.toUpperCase()}** ${where}${folder}`,
      ...lines.map((line) => `  - ${plain(line.trim())}`),
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
  return texts.map((text) => `- ${plain(text)}`).join('\n');
}

/** What Markdown or HTML would take as its own. */
function plain(text: string): string {
  return text.replace(/[\\`*_|<>[\]]/g, String.raw`\$&`);
}
