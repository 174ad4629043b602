import type { Section } from '../../journal/section.ts';
import { type Content, html, type Markup } from './markup.ts';

/** A table that scrolls by itself where the page is narrow. Columns in `right` stand flush right. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Content[])[],
  right: readonly number[] = [],
): Markup {
  const side = (column: number) => (right.includes(column) ? html` class="right"` : undefined);
  const cells = (row: readonly Content[]) => row.map((cell, column) => html`<td${side(column)}>${cell}</td>`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption class="hidden">${caption}</caption>
<thead><tr>${head.map((word, column) => html`<th scope="col"${side(column)}>${word}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${cells(row)}</tr>\n`)}</tbody>
</table></div>`;
}

/** A table of the report with its notes. */
export function sectionTable({ title, head, align, rows, notes }: Section): Markup {
  const words = head.map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  const right = align.flatMap((side, column) => (side === 'right' ? [column] : []));
  return html`<h3>${title}</h3>
${rows.length > 0 ? table(title, words, rows, right) : undefined}
${list(notes)}`;
}

/** Sentences, one a line. */
export function list(items: readonly Content[]): Markup | undefined {
  return items.length > 0 ? html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>` : undefined;
}
