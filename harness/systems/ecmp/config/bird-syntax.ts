import type { InputProblem, Position } from '../../../ground/errors.ts';

/** A word of a bird.conf, a string without its quotes. */
export interface BirdWord {
  text: string;
  position: Position;
}

/** What ends with `;`, or with a block and perhaps a `;` behind it: `hold time 9;`, `protocol bgp lb1 { ... }`. */
export interface BirdStatement {
  words: readonly [BirdWord, ...BirdWord[]];
  /** undefined: it has none. */
  block?: readonly BirdStatement[];
}

/** A comment, a string, a bracket or a word; a `#` begins a comment anywhere but in a string. */
const TOKEN = /\/\*[\s\S]*?(?:\*\/|$)|#[^\n]*|"[^"\n]*"|'[^'\n]*'|[{};]|[^\s{};#"',]+|,|\s+/gy;

/**
 * The statements of a bird.conf (BIRD 2). Filters and functions are read as statements too, whatever they mean.
 * @param problems gets a bracket without its other half, a last statement without its `;` and a string without its end.
 */
export function parseBirdSyntax(text: string, file: string, problems: InputProblem[]): BirdStatement[] {
  const reader = new Reader(wordsOf(text, file, problems), problems);
  return reader.statements();
}

function wordsOf(text: string, file: string, problems: InputProblem[]): BirdWord[] {
  const words: BirdWord[] = [];
  let line = 1;
  let line_start = 0;
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0] ?? text[at]!;
    const position = { file, line, column: at - line_start + 1 };
    if (token === '"' || token === "'") problems.push({ message: 'this string has no end', position });
    else if (isWord(token)) words.push({ text: token.replace(/^"|"$/g, ''), position });
    for (const [offset, letter] of [...token].entries()) {
      if (letter !== '\n') continue;
      line += 1;
      line_start = at + offset + 1;
    }
    at += token.length;
  }
  return words;
}

function isWord(token: string): boolean {
  return token.trim() !== '' && !token.startsWith('#') && !token.startsWith('/*');
}

class Reader {
  readonly #words: readonly BirdWord[];
  readonly #problems: InputProblem[];
  #at = 0;

  constructor(words: readonly BirdWord[], problems: InputProblem[]) {
    this.#words = words;
    this.#problems = problems;
  }

  /** Until the end of the file, or of the block that `open` began. */
  statements(open?: BirdWord): BirdStatement[] {
    const found: BirdStatement[] = [];
    let words: BirdWord[] = [];
    const end = (block?: BirdStatement[]) => {
      const [first, ...rest] = words;
      if (first) found.push({ words: [first, ...rest], ...(block ? { block } : {}) });
      words = [];
    };
    for (;;) {
      const word = this.#words[this.#at];
      this.#at += 1;
      if (!word) {
        if (open) this.#report(open, "this '{' has no '}'");
        if (words[0]) this.#report(words[0], "this statement has no ';'");
        return found;
      }
      if (word.text === ';') end();
      else if (word.text === '{') end(this.statements(word));
      else if (word.text !== '}') words.push(word);
      else if (open) {
        // Of a set, such as {24,32}.
        end();
        return found;
      } else this.#report(word, "there is no '{' for this '}'");
    }
  }

  #report({ position }: BirdWord, message: string): void {
    this.#problems.push({ message, position });
  }
}
