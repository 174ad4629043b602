import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { type InputProblem, messageOf, type Position } from '../ground/errors.ts';
import { type Environment, type SubstitutedText, substituteVariables } from './substitute-variables.ts';
import { commentRanges } from './yaml-comments.ts';

/** Keys and list indexes from the top of the file. */
export type YamlPath = readonly (string | number)[];

/** The text of a YAML file, what it says, and where it says it. */
export interface YamlSource {
  /** As it is to be named in messages. */
  readonly file: string;
  /** The original text. */
  readonly text: string;
  /** The top-level mapping; undefined when the text cannot be read as one (then there are problems). */
  readonly data: Readonly<Record<string, unknown>> | undefined;
  /** Syntax errors, duplicate keys and variables without a value. */
  readonly problems: readonly InputProblem[];
  /**
   * Where the original file has this key or value. A path that is not there gives the nearest
   * enclosing thing that is, by its key.
   */
  positionOf(path: YamlPath, at?: 'key' | 'value'): Position;
  /** A scalar as it is written, without quotes: `1.10` stays `1.10`. Undefined when there is none. */
  textOf(path: YamlPath): string | undefined;
}

/** Reads YAML text after replacing environment variables. Never throws: see `problems`. */
export function parseYamlSource(text: string, file: string, env: Environment): YamlSource {
  const substituted = substituteVariables(text, env);
  const where = positions(text, file);
  const document = parseDocument(substituted.text, {
    merge: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  const problems = substitutionProblems(substituted, where);
  for (const error of document.errors) problems.push(syntaxProblem(error, substituted, where));

  const finder = { root: document.contents, resolve: (node: Node) => resolveAlias(node, document) };
  let data: unknown;
  if (document.errors.every((error) => error.code === 'DUPLICATE_KEY')) {
    try {
      data = document.toJS();
      if (!isMap(finder.resolve(document.contents as Node))) {
        problems.push({ message: notAMapping(data), position: where(0) });
        data = undefined;
      }
    } catch (error) {
      problems.push({ message: `cannot be read as YAML: ${messageOf(error)}`, position: where(0) });
    }
  }
  return {
    file,
    text,
    data: data as Readonly<Record<string, unknown>> | undefined,
    problems,
    positionOf: (path, at = 'value') => where(substituted.originalOffset(offsetOf(finder, path, at))),
    textOf: (path) => {
      const { node, complete } = find(finder, path);
      return complete && node ? scalarText(finder.resolve(node)) : undefined;
    },
  };
}

function positions(text: string, file: string): (offset: number) => Required<Position> {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return (offset) => {
    const line = lineStarts.findLastIndex((start) => start <= offset);
    return { file, line: line + 1, column: offset - lineStarts[line]! + 1 };
  };
}

function substitutionProblems(
  substituted: SubstitutedText,
  where: (offset: number) => Position,
): InputProblem[] {
  if (substituted.faults.length === 0) return [];
  const comments = commentRanges(substituted.text);
  return substituted.faults
    .filter(({ substituted_at: at }) => !comments.some(({ start, end }) => start <= at && at <= end))
    .map(({ message, offset }) => ({ message, position: where(offset) }));
}

function syntaxProblem(
  error: YAMLError,
  substituted: SubstitutedText,
  where: (offset: number) => Position,
): InputProblem {
  const [start, end] = error.pos;
  const position = where(substituted.originalOffset(start));
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^[^\s:,{}[\]]+/.exec(substituted.text.slice(start))?.[0];
    return { message: `duplicate key${key ? ` '${key}'` : ''}: it is already set above`, position };
  }
  if (error.code === 'MULTIPLE_DOCS') {
    return { message: "a second YAML document starts here ('---'); only one is read", position };
  }
  const near = substituted.text
    .slice(start, Math.min(end, start + 30))
    .split(/[\r\n]/, 1)[0]!
    .trim();
  return { message: `YAML syntax: ${error.message}${near ? ` (at '${near}')` : ''}`, position };
}

function notAMapping(data: unknown): string {
  if (data === null || data === undefined) return 'the file is empty; expected a mapping (key: value)';
  return `expected a mapping (key: value) at the top of the file, found ${Array.isArray(data) ? 'a list' : 'plain text'}`;
}

interface Finder {
  root: ParsedNode | null;
  resolve(node: Node): Node;
}

interface Found {
  node: Node | undefined;
  key: Node | undefined;
  /** Every step of the path was there. */
  complete: boolean;
}

function resolveAlias(node: Node, document: ReturnType<typeof parseDocument>): Node {
  return isAlias(node) ? (node.resolve(document) ?? node) : node;
}

function find(finder: Finder, path: YamlPath): Found {
  let found: Found = { node: finder.root ?? undefined, key: undefined, complete: true };
  for (const step of path) {
    const next = found.node && child(finder, finder.resolve(found.node), step, 0);
    if (!next) return { ...found, complete: false };
    found = { ...next, complete: true };
  }
  return found;
}

type Child = Pick<Found, 'node' | 'key'>;

function child(finder: Finder, parent: Node, step: string | number, depth: number): Child | undefined {
  if (isSeq(parent)) {
    const item = typeof step === 'number' ? (parent.items[step] as Node | undefined) : undefined;
    return item && { node: item, key: item };
  }
  if (!isMap(parent) || depth > 20) return undefined;
  const pair = parent.items.find(({ key }) => isScalar(key) && keyText(key) === String(step));
  if (pair) return { node: (pair.value as Node | null) ?? undefined, key: pair.key as Node };
  for (const { key, value } of parent.items) {
    if (!isScalar(key) || keyText(key) !== '<<' || !value) continue;
    const merged = finder.resolve(value as Node);
    const sources = isSeq(merged) ? (merged.items as Node[]) : [merged];
    for (const source of sources) {
      const inherited = child(finder, finder.resolve(source), step, depth + 1);
      if (inherited) return inherited;
    }
  }
  return undefined;
}

function keyText(key: { value: unknown; source?: string }): string {
  // A merge key's value is a symbol; its source is `<<`.
  return typeof key.value === 'symbol' ? (key.source ?? '<<') : String(key.value);
}

function offsetOf(finder: Finder, path: YamlPath, at: 'key' | 'value'): number {
  const { node, key, complete } = find(finder, path);
  const isEmpty = node === undefined || (isScalar(node) && node.value === null);
  const chosen = at === 'key' || !complete || isEmpty ? (key ?? node) : node;
  return chosen?.range?.[0] ?? 0;
}

function scalarText(node: Node): string | undefined {
  if (!isScalar(node)) return undefined;
  return typeof node.value === 'string' ? node.value : node.source;
}
