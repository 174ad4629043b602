import type { InputProblem } from '../../../ground/errors.ts';
import {
  type Definition,
  definitionIn,
  replaceDefinitions,
  sequenceIn,
  Unknowable,
} from './keepalived-definitions.ts';
import { splitAtBraces, trimBlanks, type Word, withoutComment, wordsOf } from './keepalived-text.ts';

/** A file that keepalived reads. */
export interface KeepalivedFile {
  /** What messages call it. */
  file: string;
  text: string;
}

export interface KeepalivedSource extends KeepalivedFile {
  /** Of `@ID` lines; undefined when what the daemon was started with is not known. */
  config_id?: string | undefined;
  /**
   * The files that `include PATTERN` in a file names, in the order in which keepalived reads them; undefined when that
   * is not known. Without it no include is followed.
   */
  include?: (pattern: string, from: string) => readonly KeepalivedFile[] | undefined;
}

const MOST_INCLUDES = 32;

interface OpenFile {
  file: string;
  lines: string[];
  at: number;
}

/** Lines that are still to come of a definition, and the sequences that were open before it. */
interface Expansion {
  lines: string[];
  sequences: number;
}

/**
 * Reads keepalived.conf as the daemon reads it, line by line: comments, `@ID` conditions, definitions, sequences and
 * includes done. Every answer is the words of a line, or one brace.
 */
export class KeepalivedLines {
  /** What could not be followed, each with its place. */
  readonly not_followed: InputProblem[] = [];
  readonly #source: KeepalivedSource;
  readonly #files: OpenFile[] = [];
  readonly #definitions = new Map<string, Definition>([
    ['_HASH', { lines: ['#'], multiline: false }],
    ['_BANG', { lines: ['!'], multiline: false }],
  ]);
  readonly #sequences: { names: string[]; values: string[][]; text: string }[] = [];
  readonly #expansions: Expansion[] = [];
  /** The definition whose lines are being read. */
  #open: Definition | undefined;
  #ready: Word[][] = [];
  #taken = 0;
  #place = { file: '', line: 0, column: 1 };

  constructor(source: KeepalivedSource) {
    this.#source = source;
    this.#push(source);
    if (source.config_id !== undefined) {
      this.#definitions.set('_INSTANCE', { lines: [source.config_id], multiline: false });
    }
  }

  /** undefined at the end. */
  next(): Word[] | undefined {
    while (this.#taken >= this.#ready.length) {
      const line = this.#nextLine();
      if (line === undefined) return undefined;
      try {
        const text = this.#process(line);
        if (text !== '' && !this.#include(text)) {
          this.#ready = splitAtBraces(text).map((piece) => wordsOf(piece, this.#place));
          this.#taken = 0;
        }
      } catch (error) {
        if (!(error instanceof Unknowable)) throw error;
        this.#unfollowed(error.message);
      }
    }
    this.#taken += 1;
    return this.#ready[this.#taken - 1];
  }

  #nextLine(): string | undefined {
    const expansion = this.#expansions.at(-1);
    const sequence = this.#sequences.at(-1);
    if (sequence && this.#sequences.length > (expansion?.sequences ?? 0)) {
      const values = sequence.values.shift()!;
      sequence.names.forEach((name, at) => {
        this.#definitions.set(name, { lines: [values[at]!], multiline: false });
      });
      if (sequence.values.length === 0) this.#sequences.pop();
      return sequence.text;
    }
    if (expansion) {
      const line = expansion.lines.shift()!;
      if (expansion.lines.length === 0) this.#expansions.pop();
      return line;
    }
    return this.#nextOfFile();
  }

  #nextOfFile(): string | undefined {
    for (let open = this.#files.at(-1); open; open = this.#files.at(-1)) {
      if (open.at >= open.lines.length) {
        this.#files.pop();
        continue;
      }
      const source = open.lines[open.at]!;
      open.at += 1;
      this.#place = { file: open.file, line: open.at, column: Math.max(source.search(/\S/), 0) + 1 };
      // An empty line ends a definition of several lines.
      if (source === '') this.#closeDefinition();
      const line = withoutComment(source);
      if (line !== '') return line;
    }
    return undefined;
  }

  /** What is left of a line to be read as words: '' when it was a definition or the like. */
  #process(line: string): string {
    if (this.#open) {
      this.#addToDefinition(line);
      return '';
    }
    let text = line;
    for (;;) {
      const wanted = this.#condition(text);
      if (wanted === undefined) return '';
      text = wanted;
      if (this.#define(text) || this.#sequence(text)) return '';
      if (text.startsWith('~') || !text.includes('$')) return text;
      const { text: replaced, rest, changed } = replaceDefinitions(text, this.#definitions);
      if (rest.length > 0) this.#expansions.push({ lines: rest, sequences: this.#sequences.length });
      if (!changed) return text;
      text = withoutComment(replaced);
      if (!text.startsWith('@') && !text.includes('$')) return text;
    }
  }

  /** The line without its `@ID`; undefined when it is not for this daemon. */
  #condition(text: string): string | undefined {
    const found = /^@(\^?)([^ \t]*)(?:[ \t]+(.*))?$/s.exec(text);
    if (!found) return text;
    const [, not, id, rest] = found;
    if (rest === undefined) return undefined;
    const { config_id } = this.#source;
    if (config_id === undefined) {
      this.#unfollowed(`\`@${not}${id}\``);
      return undefined;
    }
    return (id === config_id) === (not === '') ? rest : undefined;
  }

  #define(text: string): boolean {
    const found = definitionIn(text);
    if (!found) return false;
    const multiline = found.value.endsWith('\\');
    const first = multiline ? trimBlanks(found.value.slice(0, -1)) : found.value;
    const definition = { lines: multiline && first === '' ? [] : [first], multiline };
    this.#definitions.set(found.name, definition);
    if (multiline) this.#open = definition;
    return true;
  }

  #addToDefinition(line: string): void {
    const goes_on = line.endsWith('\\');
    const text = goes_on ? trimBlanks(line.slice(0, -1)) : line;
    if (text !== '') this.#open!.lines.push(text);
    if (!goes_on) this.#closeDefinition();
  }

  #closeDefinition(): void {
    if (this.#open?.lines.length === 0) this.#open.multiline = false;
    this.#open = undefined;
  }

  #sequence(text: string): boolean {
    if (!text.startsWith('~SEQ') && !text.startsWith('~LST')) return false;
    const found = sequenceIn(text, this.#definitions);
    if (found) this.#sequences.push(found);
    else this.#unfollowed(`\`${text.slice(0, 4)}\``);
    return true;
  }

  #include(text: string): boolean {
    const pattern = /^include[rmwba]?[ \t]+(.*)$/s.exec(text)?.[1];
    if (pattern === undefined) return false;
    const files = this.#source.include?.(pattern, this.#place.file);
    if (files === undefined || this.#files.length >= MOST_INCLUDES) this.#unfollowed('`include`');
    else for (const file of files.toReversed()) this.#push(file);
    return true;
  }

  #push({ file, text }: KeepalivedFile): void {
    this.#files.push({ file, lines: text.split('\n').map((line) => line.replace(/\r+$/, '')), at: 0 });
  }

  #unfollowed(what: string): void {
    this.not_followed.push({ message: `${what} is not followed`, position: { ...this.#place } });
  }
}
