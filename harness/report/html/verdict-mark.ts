import type { Mark } from '../expectation-rows.ts';
import { html, type Markup } from './markup.ts';

/** A shape and a word for each, so that no colour is needed. */
const SHAPES: Record<Mark, string> = { pass: '✓', fail: '✗', unknown: '?', known: '≠' };

/** A verdict as a mark with its word. */
export function verdictMark(verdict: Mark): Markup {
  return html`<span class="mark ${verdict}"><span aria-hidden="true">${SHAPES[verdict]}</span> ${verdict}</span>`;
}
