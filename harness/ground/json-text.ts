import { maskIn } from './mask-secrets.ts';

/** Format, separator and control characters that JSON leaves as they are, and a terminal does not. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A document as JSON on lines of its own, ends with a newline. Secrets are masked; characters that a terminal obeys are
 * written as `\uXXXX`, which reads back as the same text (RFC 8259, 7).
 */
export function jsonText(document: unknown): string {
  const text = JSON.stringify(maskIn(document), null, 2);
  return `${text.replace(UNSEEN, (character) => (character === '\n' ? '\n' : escaped(character)))}\n`;
}

function escaped(character: string): string {
  // One escape for each half of a surrogate pair.
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
