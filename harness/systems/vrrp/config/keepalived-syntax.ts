import type { InputProblem } from '../../../ground/errors.ts';
import { didYouMean } from '../../../ground/near-name.ts';
import { KEYWORDS, type KeywordKind, type Level } from './keepalived-keywords.ts';
import { KeepalivedLines, type KeepalivedSource } from './keepalived-lines.ts';
import type { Word } from './keepalived-text.ts';

/** A keyword with what belongs to it. */
export interface Statement {
  /** Its line, the keyword first. */
  words: Word[];
  /** The lines of its block of values. */
  list: Word[][];
  /** The statements of its block. */
  block: Statement[];
}

export interface KeepalivedSyntax {
  statements: Statement[];
  /** What could not be followed. */
  not_followed: InputProblem[];
  /** What keepalived logs and leaves out, such as an unknown keyword. */
  ignored: InputProblem[];
}

/**
 * keepalived.conf as its VRRP process takes it in. What stands where keepalived does not know it is left out as
 * keepalived leaves it out, which is line by line: the block of an unknown keyword is read as part of the block around
 * it.
 * @param process keepalived's parent reads `global_defs` and passes over all else by its braces; its VRRP process does
 *   it the other way round.
 */
export function parseKeepalivedSyntax(
  source: KeepalivedSource,
  process: 'vrrp' | 'parent' = 'vrrp',
): KeepalivedSyntax {
  const parser = new Parser(source, process);
  const statements = parser.block('root', false);
  return { statements, not_followed: parser.lines.not_followed, ignored: parser.ignored };
}

/** Nobody reads more. */
const MOST_IGNORED = 1000;

class Parser {
  readonly lines: KeepalivedLines;
  readonly ignored: InputProblem[] = [];
  #peeked: Word[] | undefined;

  readonly #process: 'vrrp' | 'parent';

  constructor(source: KeepalivedSource, process: 'vrrp' | 'parent') {
    this.#process = process;
    this.lines = new KeepalivedLines(source);
  }

  /** @param brace whether a `{` is due. */
  block(level: Level | 'root', brace: boolean): Statement[] {
    const statements: Statement[] = [];
    let due = brace;
    for (let words = this.#next(); words; words = this.#next()) {
      const first = words[0]!;
      if (due) {
        due = false;
        if (first.text === '{') continue;
        this.#ignore(first, "'{' is missing before it");
      } else if (first.text === '{') {
        this.#ignore(first, "'{' without a block before it");
        continue;
      }
      if (first.text === '}' && level !== 'root') return statements;
      const kind = KEYWORDS[level].get(first.text);
      if (kind === undefined) this.#unknown(first, level);
      else statements.push(this.#statement(words, kind, level));
    }
    return statements;
  }

  #statement(words: Word[], kind: KeywordKind, level: Level | 'root'): Statement {
    if (kind === 'line') return { words, list: [], block: [] };
    const other = level === 'root' && (kind === 'global') !== (this.#process === 'parent');
    if (kind === 'skipped' || other) {
      this.#skip();
      return { words, list: [], block: [] };
    }
    if (kind === 'list') return { words, list: this.#list(), block: [] };
    return { words, list: [], block: this.block(kind, true) };
  }

  #list(): Word[][] {
    const list: Word[][] = [];
    for (let words = this.#next(), at = 0; words; words = this.#next(), at += 1) {
      if (words[0]!.text === '}') break;
      if (at > 0 || words[0]!.text !== '{') list.push(words);
    }
    return list;
  }

  /** A block of another process, if there is one. */
  #skip(): void {
    const words = this.#next();
    if (words?.[0]?.text !== '{') {
      this.#peeked = words;
      return;
    }
    for (let depth = 1; depth > 0; ) {
      const text = this.#next()?.[0]?.text;
      if (text === undefined) return;
      if (text === '{') depth += 1;
      if (text === '}') depth -= 1;
    }
  }

  #next(): Word[] | undefined {
    const words = this.#peeked;
    this.#peeked = undefined;
    if (words) return words;
    // A line of an unmatched quote alone has no words.
    for (let line = this.lines.next(); line; line = this.lines.next()) if (line.length > 0) return line;
    return undefined;
  }

  #unknown(word: Word, level: Level | 'root'): void {
    if (this.ignored.length >= MOST_IGNORED) return;
    if (word.text === '}') this.#ignore(word, "'}' without its '{'");
    else {
      const near = didYouMean(word.text, KEYWORDS[level].keys());
      this.#ignore(word, `keepalived does not know '${word.text}' here and leaves it out${near}`);
    }
  }

  #ignore({ file, line, column }: Word, message: string): void {
    if (this.ignored.length < MOST_IGNORED) this.ignored.push({ message, position: { file, line, column } });
  }
}
