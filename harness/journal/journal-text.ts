import type { Journal } from './journal.ts';

/** Name of the journal in a run's folder. */
export const JOURNAL_FILE = 'journal.json';

/** So many characters go into one piece, or one trial. */
const PIECE_CHARACTERS = 1024 * 1024;

/**
 * A journal as JSON, in pieces: as one string that of a long run would be too long for V8. Every field has a line, and
 * every element of a list, such as a trial, has one. Ends with a newline.
 */
export function* journalPieces(journal: Journal): Generator<string> {
  let piece = '';
  for (const line of journalLines(journal)) {
    piece += line;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function* journalLines(journal: Journal): Generator<string> {
  // A field that is undefined is none (JSON.stringify).
  const fields = Object.entries(journal).filter(([, value]) => value !== undefined);
  for (const [at, [name, value]] of fields.entries()) {
    yield `${at === 0 ? '{\n' : ',\n'}  ${JSON.stringify(name)}: `;
    yield* Array.isArray(value) ? listLines(value) : [JSON.stringify(value)];
  }
  yield '\n}\n';
}

function* listLines(list: readonly unknown[]): Generator<string> {
  if (list.length === 0) {
    yield '[]';
    return;
  }
  for (const [at, element] of list.entries())
    yield `${at === 0 ? '[\n' : ',\n'}    ${JSON.stringify(element)}`;
  yield '\n  ]';
}
