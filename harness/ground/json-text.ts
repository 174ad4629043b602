import { maskIn } from './mask-secrets.ts';

/** Format, separator and control characters that JSON leaves as they are, and a terminal does not. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A document as JSON on lines of its own, ends with a newline. Secrets are masked; characters that a terminal obeys are
 * written as `\uXXXX`, which reads back as the same text (RFC 8259, 7).
 */
export function jsonText(document: unknown): string {
  return `${seenText(document)}\n`;
}

/**
 * The same in pieces, none of which is longer than the field of a list is: as one string it might be too long for V8.
 * @param as what an element of a list is in memory, one at a time.
 */
export function* jsonPieces(
  document: Readonly<Record<string, unknown>>,
  as: (element: unknown) => unknown,
): Generator<string> {
  const fields = Object.entries(document).filter(([, value]) => value !== undefined);
  for (const [at, [name, value]] of fields.entries()) {
    yield `${at === 0 ? '{\n' : ',\n'}  ${JSON.stringify(name)}: `;
    if (!Array.isArray(value) || value.length === 0) {
      // By its name a value may be a secret.
      yield seenText({ [name]: value }).slice(`{\n  ${JSON.stringify(name)}: `.length, -'\n}'.length);
      continue;
    }
    for (const [place, element] of value.entries())
      yield `${place === 0 ? '[' : ','}\n    ${seenText(as(element)).replaceAll('\n', '\n    ')}`;
    yield '\n  ]';
  }
  yield '\n}\n';
}

function seenText(document: unknown): string {
  const text = JSON.stringify(maskIn(document), null, 2);
  return text.replace(UNSEEN, (character) => (character === '\n' ? '\n' : escaped(character)));
}

function escaped(character: string): string {
  // One escape for each half of a surrogate pair.
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
