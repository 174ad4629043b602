import type { YAMLError } from 'yaml';
import { type InputProblem, messageOf, type Position } from '../ground/errors.ts';
import { lastAtOrBefore } from '../ground/sorted.ts';
import { textPlaces } from '../ground/text-places.ts';
import { type Environment, type SubstitutedText, substituteVariables } from './substitute-variables.ts';
import { commentRanges } from './yaml-comments.ts';
import { parseYamlDocument } from './yaml-document.ts';
import { YamlFinder } from './yaml-finder.ts';
import type { YamlPath } from './yaml-path.ts';

export type { YamlPath };

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

/** Reads YAML text after replacing variables. Never throws: see `problems`. */
export function parseYamlSource(text: string, file: string, env: Environment): YamlSource {
  const substituted = substituteVariables(text, env);
  const where = positions(text, file);
  const { document, too_deep } = parseYamlDocument(substituted.text);
  if (too_deep) {
    const { message, offset } = too_deep;
    return unreadable(text, file, { message, position: where(substituted.originalOffset(offset)) });
  }
  const finder = new YamlFinder(document);
  const problems = substitutionProblems(substituted, where);
  const report = (message: string, offset: number) =>
    problems.push({ message, position: where(substituted.originalOffset(offset)) });
  // After the first error of syntax a parser only guesses.
  const [wrong] = document.errors;
  if (wrong) report(syntaxMessage(wrong, substituted.text), wrong.pos[0]);
  for (const { key, offset } of finder.duplicateKeys()) {
    report(`duplicate key '${key}': it is already set above`, offset);
  }
  for (const { key, offset } of finder.unkeepableKeys()) {
    report(`'${key}' cannot be a name in this file: choose another`, offset);
  }
  const dangling = finder.danglingAliases();
  for (const { source, offset } of dangling) {
    report(`'*${source}' refers to an anchor that is not set above it`, offset);
  }

  let data: unknown;
  if (dangling.length === 0 && !wrong) {
    try {
      data = document.toJS();
      if (!finder.isMapping) {
        report(notAMapping(data), 0);
        data = undefined;
      }
    } catch (error) {
      report(`cannot be read as YAML: ${messageOf(error)}`, 0);
    }
  }
  return {
    file,
    text,
    data: data as Readonly<Record<string, unknown>> | undefined,
    problems,
    positionOf: (path, at = 'value') => where(substituted.originalOffset(finder.offsetOf(path, at))),
    textOf: (path) => finder.textOf(path),
  };
}

function positions(text: string, file: string): (offset: number) => Required<Position> {
  const places = textPlaces(text);
  return (offset) => ({ file, ...places.placeOf(offset) });
}

function substitutionProblems(
  substituted: SubstitutedText,
  where: (offset: number) => Position,
): InputProblem[] {
  if (substituted.problems.length === 0) return [];
  const comments = commentRanges(substituted.text);
  return substituted.problems
    .filter(({ substituted_at: at }) => {
      const comment = comments[lastAtOrBefore(comments, at, ({ start }) => start)];
      return comment === undefined || at > comment.end;
    })
    .map(({ message, offset }) => ({ message, position: where(offset) }));
}

/** A file of which nothing but one problem is known. */
function unreadable(text: string, file: string, problem: InputProblem): YamlSource {
  const nowhere = { file, line: 1, column: 1 };
  return {
    file,
    text,
    data: undefined,
    problems: [problem],
    positionOf: () => problem.position ?? nowhere,
    textOf: () => undefined,
  };
}

function syntaxMessage(error: YAMLError, text: string): string {
  const [start, end] = error.pos;
  if (error.code === 'MULTIPLE_DOCS') return "a second YAML document starts here ('---'); only one is read";
  const near = text
    .slice(start, Math.min(end, start + 30))
    .split(/[\r\n]/, 1)[0]!
    .trim();
  return `YAML syntax: ${error.message}${near ? ` (at '${near}')` : ''}`;
}

function notAMapping(data: unknown): string {
  if (data === null || data === undefined) return 'the file is empty; expected a mapping (key: value)';
  return `expected a mapping (key: value) at the top of the file, found ${Array.isArray(data) ? 'a list' : 'plain text'}`;
}
