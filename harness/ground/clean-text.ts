import { stripVTControlCharacters } from 'node:util';
import { maskSecrets } from './mask-secrets.ts';

/**
 * Control characters (C0 without the line feed, DEL, C1), and format characters that turn text around or have no width
 * (Unicode general category Cf), line and paragraph separators, and halves of surrogate pairs.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** What is longer tells nothing more, and tables would be as wide. */
const MOST_CHARACTERS = 2000;

/**
 * Text of others, made fit for a terminal: without escape sequences; tabs and carriage returns are blanks, any other
 * character that is not seen, or that moves what is, becomes U+FFFD. Line feeds stay. Secrets are masked.
 */
export function cleanText(text: string): string {
  const seen = stripVTControlCharacters(text)
    .replace(/\r\n?/g, '\n')
    .replaceAll('\t', ' ')
    .replace(UNSEEN, (character) => (character === '\n' ? '\n' : '\uFFFD'));
  return maskSecrets(seen);
}

/** The same on one line, at most 2,000 characters of it. */
export function cleanLine(text: string): string {
  const clean = cleanText(text);
  const cut = clean.length > MOST_CHARACTERS ? `${clean.slice(0, MOST_CHARACTERS)}...` : clean;
  return cut.replaceAll('\n', ' ');
}

/** A document whose texts are all clean lines; its shape and its keys' order stay. */
export function cleanLines<T>(document: T): T {
  if (typeof document === 'string') return cleanLine(document) as T;
  if (Array.isArray(document)) return document.map((part) => cleanLines(part)) as T;
  if (typeof document !== 'object' || document === null) return document;
  return Object.fromEntries(
    Object.entries(document).map(([key, part]) => [cleanLine(key), cleanLines(part)]),
  ) as T;
}
