import type { InputProblem } from '../ground/errors.ts';

export interface Word {
  text: string;
  line: number;
  column: number;
}

/** One line of keepalived.conf, with the block that it opens, if it does. */
export interface Statement {
  words: Word[];
  block: Statement[] | undefined;
}

type Token =
  | { kind: 'word'; word: Word; quoted: boolean }
  | { kind: '{' | '}'; line: number; column: number };

const INCLUDES = new Set(['include', 'includer', 'includem', 'includew', 'includeb', 'includea']);

/**
 * keepalived.conf(5) as a tree: `#` and `!` start comments anywhere, `"` and `'` quote within a line, a brace
 * may stand on the next line. What would need a running keepalived to follow (include, `@` conditions,
 * `$NAME=` definitions, `~SEQ`) goes into `problems`, as does a brace or quote without its partner.
 */
export function parseKeepalivedSyntax(text: string, file: string, problems: InputProblem[]): Statement[] {
  const root: Statement[] = [];
  const open: { block: Statement[]; line: number; column: number }[] = [];
  const report = (line: number, column: number, message: string) =>
    problems.push({ message, position: { file, line, column } });
  text.split(/\r?\n/).forEach((source, index) => {
    let statement: Statement | undefined;
    const followable = checkLineStart(source, index + 1, report);
    for (const token of followable ? tokensOf(source, index + 1, report) : []) {
      const block = open.at(-1)?.block ?? root;
      if (token.kind === 'word') {
        if (!token.quoted) checkSubstitution(token.word, report);
        if (statement) statement.words.push(token.word);
        else {
          statement = { words: [token.word], block: undefined };
          block.push(statement);
        }
      } else if (token.kind === '{') {
        const owner = statement ?? block.at(-1);
        if (!owner || owner.block) report(token.line, token.column, "'{' without a keyword before it");
        const inner: Statement[] = [];
        if (owner && !owner.block) owner.block = inner;
        open.push({ block: inner, line: token.line, column: token.column });
        statement = undefined;
      } else {
        if (!open.pop()) report(token.line, token.column, "'}' without its '{'");
        statement = undefined;
      }
    }
  });
  for (const brace of open) report(brace.line, brace.column, "this '{' is never closed");
  return root;
}

type Report = (line: number, column: number, message: string) => void;

/** False for a line that only a running keepalived can follow. */
function checkLineStart(source: string, line: number, report: Report): boolean {
  const start = source.search(/\S/);
  if (start < 0) return false;
  const rest = source.slice(start);
  const why = unfollowable(rest);
  if (why) report(line, start + 1, why);
  return !why;
}

function unfollowable(rest: string): string | undefined {
  const instead = 'write the value into the file itself';
  if (INCLUDES.has(/^[^\s#!{}]*/.exec(rest)![0])) return `'include' is not followed: ${instead}`;
  if (/^\$\w+=/.test(rest)) return `definitions ($NAME=VALUE) are not followed: ${instead}`;
  if (rest.startsWith('@')) return `conditional lines (@ID) are not followed: ${instead}`;
  if (rest.startsWith('~')) return `sequence blocks (~SEQ, ~LST) are not followed: ${instead}`;
  return undefined;
}

function checkSubstitution(word: Word, report: Report): void {
  const name = /\$\{?[A-Za-z_]\w*\}?/.exec(word.text)?.[0];
  if (name) report(word.line, word.column, `'${name}' is not followed: write the value into the file itself`);
}

function* tokensOf(source: string, line: number, report: Report): Generator<Token> {
  let at = 0;
  while (at < source.length) {
    const character = source[at]!;
    if (character === '#' || character === '!') return;
    if (character === '{' || character === '}') {
      yield { kind: character, line, column: at + 1 };
      at += 1;
    } else if (/\s/.test(character)) {
      at += 1;
    } else {
      const { token, next } = wordAt(source, at, line, report);
      yield token;
      at = next;
    }
  }
}

/** Quotes may start and end inside a word: they are dropped, and white space between them is kept. */
function wordAt(source: string, start: number, line: number, report: Report): { token: Token; next: number } {
  let text = '';
  let quoted = false;
  let quote: string | undefined;
  let at = start;
  for (; at < source.length; at += 1) {
    const character = source[at]!;
    if (quote) {
      if (character === quote) quote = undefined;
      else if (character === '\\' && at + 1 < source.length) text += source[++at];
      else text += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      quoted = true;
    } else if (source.startsWith('${', at) && source.includes('}', at)) {
      const end = source.indexOf('}', at) + 1;
      text += source.slice(at, end);
      at = end - 1;
    } else if (/[\s{}#!]/.test(character)) {
      break;
    } else {
      text += character;
    }
  }
  if (quote) report(line, start + 1, `a string that starts with ${quote} must end on the same line`);
  return { token: { kind: 'word', word: { text, line, column: start + 1 }, quoted }, next: at };
}
