/** A word of keepalived.conf and where it is. */
export interface Word {
  text: string;
  file: string;
  line: number;
  column: number;
}

/**
 * A line without its comment and the white space around it, as keepalived's `decomment` leaves it: `#` and `!` start a
 * comment unless they are between double quotes or after a backslash.
 */
export function withoutComment(source: string): string {
  let text = '';
  let quoted = false;
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at]!;
    const next = source[at + 1];
    if (character === '"') quoted = !quoted;
    if (character === '\\' && next !== undefined) {
      if (quoted || (next !== '#' && next !== '!')) text += character;
      text += next;
      at += 1;
    } else if (!quoted && (character === '#' || character === '!')) {
      break;
    } else {
      text += character;
    }
  }
  return trimBlanks(text);
}

/** Spaces and tabs only, as keepalived does. */
export function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}

/** A piece of a line: a brace outside of double quotes, or what is between braces. */
export interface Piece {
  text: string;
  /** Where it begins in the line, from 0. */
  at: number;
}

/** keepalived ends a line at every brace, wherever it stands, unless it is between double quotes. */
export function splitAtBraces(line: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let quoted = false;
  const cut = (to: number) => {
    const text = line.slice(from, to);
    const at = from + text.length - text.trimStart().length;
    if (text.trim() !== '') pieces.push({ text: trimBlanks(text), at });
  };
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at]!;
    if (character === '"') quoted = !quoted;
    if (quoted || (character !== '{' && character !== '}')) continue;
    cut(at);
    pieces.push({ text: character, at });
    from = at + 1;
  }
  cut(line.length);
  return pieces;
}

/**
 * The words of a piece. Double quotes hold a word together and end the one before; a quote without its partner ends
 * the line, as in keepalived.
 */
export function wordsOf({ text, at: start }: Piece, place: Omit<Word, 'text'>): Word[] {
  const words: Word[] = [];
  const pattern = /[ \t]*(?:"([^"]*)"|([^ \t"]+)|")/y;
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    const word = found?.[1] ?? found?.[2];
    if (!found || word === undefined) break;
    const column = place.column + start + found[0].search(/[^ \t]/) + at;
    words.push({ ...place, text: word, column });
  }
  return words;
}
