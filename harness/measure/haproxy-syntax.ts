import type { InputProblem } from '../ground/errors.ts';

export interface HaproxyWord {
  text: string;
  line: number;
  column: number;
  /** Holds an environment variable: its value is not in the file. */
  variable: boolean;
}

/** The words of one line, at least one. */
export type HaproxyLine = HaproxyWord[];

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t' };

/**
 * The lines of an haproxy.cfg as words (HAProxy Configuration Manual §2.2, quoting and escaping): `#` starts
 * a comment, `\` escapes the next character, `'…'` keeps everything, `"…"` keeps blanks and takes variables,
 * a backslash at the end joins the next line. Conditional blocks (`.if`) go into `problems`.
 */
export function parseHaproxySyntax(text: string, file: string, problems: InputProblem[]): HaproxyLine[] {
  const lines: HaproxyLine[] = [];
  const sources = text.split(/\r?\n/);
  let joined: HaproxyLine = [];
  sources.forEach((source, index) => {
    const { words, unfinished, open } = wordsOf(source, index + 1);
    const position = { file, line: index + 1 };
    if (open) {
      problems.push({ message: `a string that starts with ${open} must end on the same line`, position });
    }
    joined.push(...words);
    if (unfinished && index + 1 < sources.length) return;
    const first = joined[0]?.text;
    if (first !== undefined && /^\.(if|elif|else)$/.test(first)) {
      problems.push({ message: `'${first}' is not followed: write the lines that count`, position });
    }
    if (first !== undefined) lines.push(joined);
    joined = [];
  });
  return lines;
}

interface Words {
  words: HaproxyWord[];
  /** The line ends with a backslash. */
  unfinished: boolean;
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
    if (character === '\\' && quote !== "'" && at + 1 === source.length) {
      return { words, unfinished: true, open: quote };
    }
    if (!word) {
      word = { text: '', line, column: at + 1, variable: false };
      words.push(word);
    }
    if (character === quote) quote = undefined;
    else if (!quote && /["']/.test(character)) quote = character;
    else if (character === '\\' && quote !== "'") {
      at += 1;
      word.text += ESCAPES[source[at]!] ?? source[at]!;
    } else {
      if (character === '$' && quote === '"') word.variable = true;
      word.text += character;
    }
  }
  return { words, unfinished: false, open: quote };
}
