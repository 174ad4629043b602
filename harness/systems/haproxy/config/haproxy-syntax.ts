import type { InputProblem } from '../../../ground/errors.ts';

export interface HaproxyWord {
  text: string;
  line: number;
  column: number;
  /** Holds an environment variable: its value is not in the file. */
  variable: boolean;
}

/** The words of one line, at least one. */
export type HaproxyLine = HaproxyWord[];

/** What a backslash stands for before these, outside of '…'; before all others it stands for itself. */
const ESCAPES: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  ' ': ' ',
  '#': '#',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/**
 * The lines of an haproxy.cfg as words (HAProxy Configuration Manual §2.2, quoting and escaping): `#` starts
 * a comment, `\` escapes some characters, `'…'` keeps everything, `"…"` keeps blanks and takes variables.
 * A string that is not closed goes into `problems`.
 */
export function parseHaproxySyntax(text: string, file: string, problems: InputProblem[]): HaproxyLine[] {
  const lines: HaproxyLine[] = [];
  text.split(/\r?\n/).forEach((source, index) => {
    const { words, open } = wordsOf(source, index + 1);
    const position = { file, line: index + 1 };
    if (open) {
      problems.push({ message: `a string that starts with ${open} must end on the same line`, position });
    }
    const first = words[0]?.text;
    if (first !== undefined) lines.push(words);
  });
  return lines;
}

interface Words {
  words: HaproxyWord[];
  /** The quote that is not closed. */
  open: string | undefined;
}

function wordsOf(source: string, line: number): Words {
  const words: HaproxyWord[] = [];
  let word: HaproxyWord | undefined;
  let quote: string | undefined;
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at]!;
    if (!quote && /[ \t]/.test(character)) {
      word = undefined;
      continue;
    }
    if (!quote && character === '#') break;
    if (!word) {
      word = { text: '', line, column: at + 1, variable: false };
      words.push(word);
    }
    if (character === quote) quote = undefined;
    else if (!quote && /["']/.test(character)) quote = character;
    else if (character === '\\' && quote !== "'") {
      const [value, length] = escaped(source, at, quote);
      word.text += value;
      at += length - 1;
    } else {
      if (character === '$' && quote === '"') word.variable = true;
      word.text += character;
    }
  }
  return { words, open: quote };
}

/** What an escape sequence stands for, and how long it is. */
function escaped(source: string, at: number, quote: string | undefined): [value: string, length: number] {
  const next = source[at + 1] ?? '';
  const byte = /^x[0-9a-f]{2}/i.exec(source.slice(at + 1, at + 4))?.[0];
  if (byte) return [String.fromCharCode(Number.parseInt(byte.slice(1), 16)), 4];
  if (next === '$' && quote === '"') return ['$', 2];
  const value = ESCAPES[next];
  return value === undefined ? ['\\', 1] : [value, 2];
}
