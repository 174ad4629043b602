import { gzipSync } from 'node:zlib';
import { html, Markup } from './markup.ts';

/** Id of the element with what is folded away. */
export const FOLDED_ID = 'folded';

/**
 * Pieces of a page that are in it as data, all of them once: its script unfolds them when it is loaded. A page of many trials
 * stays small, and a reader without scripts is referred to the journal.
 */
export class Folded {
  readonly #pieces: string[] = [];

  /** @returns what stands in its place. */
  fold(piece: Markup): Markup {
    this.#pieces.push(piece.text);
    return html`<p class="note" data-folded="${this.#pieces.length - 1}">This part is shown by a script; the journal at the end of the page has the same.</p>`;
  }

  /** The data of all that was folded; undefined where nothing was. */
  data(): Markup | undefined {
    if (this.#pieces.length === 0) return undefined;
    const data = gzipSync(JSON.stringify(this.#pieces), { level: 9 }).toString('base64');
    return html`<template id="${FOLDED_ID}">${new Markup(data)}</template>`;
  }
}
