import type { Verdict } from '../../journal/journal.ts';
import { html, type Markup } from './markup.ts';

/** A shape and a word for each verdict, so that no colour is needed. */
const SHAPES: Record<Verdict, string> = { pass: '✓', fail: '✗', unknown: '?' };

/** A verdict as a mark with its word. */
export function verdictMark(verdict: Verdict): Markup {
  return html`<span class="mark ${verdict}"><span aria-hidden="true">${SHAPES[verdict]}</span> ${verdict}</span>`;
}
