import type { z } from 'zod';
import type { InputProblem } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import { describeIssue, type Issue } from './describe-issue.ts';
import { describeValue } from './describe-value.ts';
import { type Pruned, prune } from './prune.ts';
import { keysAt } from './schema-keys.ts';
import { valueAt } from './value-at.ts';
import type { YamlPath } from './yaml-path.ts';
import type { YamlSource } from './yaml-source.ts';

/** A better explanation than "expected ..., found ..." for things that are known but not supported. */
export interface Explanations {
  /** For a key that the schema does not have. */
  key?(path: YamlPath, key: string): string | undefined;
  /** The same for a key that can be left out without changing what the file means here: a note, not a problem. */
  harmless?(path: YamlPath, key: string, value: unknown): string | undefined;
  /** For a value that the schema refuses; `covers` silences other complaints about what is under it. */
  value?(path: YamlPath, value: unknown): { message: string; covers?: YamlPath } | undefined;
}

export interface Validated<T> {
  problems: InputProblem[];
  /** What is left out, and changes nothing. */
  notes: InputProblem[];
  /** What the schema accepts of the file; all of it when there are no problems. */
  accepted: Pruned<T> | undefined;
}

interface Complaint {
  path: YamlPath;
  at: 'key' | 'value';
  message: string;
  covers?: YamlPath | undefined;
  harmless?: true;
}

/**
 * Checks a YAML file against a schema and words everything that is wrong with it for people.
 * @param stand_ins values for top-level keys that must be there, used only to look further when they are not.
 */
export function validateYaml<T>(
  source: YamlSource,
  schema: z.ZodType<T>,
  options: { explain?: Explanations; stand_ins?: Readonly<Record<string, unknown>> } = {},
): Validated<T> {
  if (source.data === undefined) return { problems: [], notes: [], accepted: undefined };
  const result = schema.safeParse(source.data);
  const complaints = result.success
    ? []
    : result.error.issues
        .flatMap((issue) => flatten(issue, source.data, []))
        .flatMap((issue) => complain(issue, source, schema, options.explain ?? {}));
  const placed = (some: readonly Complaint[]) =>
    some.map(({ message, path, at }) => ({ message, position: source.positionOf(path, at) }));
  const { true: harmless = [], false: wrong = [] } = Object.groupBy(uncovered(complaints), (one) =>
    one.harmless ? 'true' : 'false',
  );
  const accepted = prune(schema, source.data) ?? prune(schema, { ...source.data, ...options.stand_ins });
  return { problems: placed(wrong), notes: placed(harmless), accepted };
}

/** Chooses, for a value that may have several shapes, the complaints about the shape it comes nearest to. */
function flatten(issue: Issue, data: unknown, prefix: readonly PropertyKey[]): Issue[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'invalid_union') {
    const deeper = issue.errors.find((branch) => branch.length > 0 && branch.every(isInside));
    if (deeper) return deeper.flatMap((inner) => flatten(inner, data, path));
  }
  return [{ ...issue, path }];
}

/** About a part of the value, not about the value's own type. */
function isInside(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

function complain(
  issue: Issue,
  source: YamlSource,
  schema: z.core.$ZodType,
  explain: Explanations,
): Complaint[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const note = explain.harmless?.(path, key, valueAt(source.data, [...path, key]));
      if (note !== undefined)
        return { path: [...path, key], at: 'key' as const, message: note, harmless: true as const };
      const message = explain.key?.(path, key) ?? unknownKey(key, keysAt(schema, path));
      return { path: [...path, key], at: 'key' as const, message };
    });
  }
  const found = valueAt(source.data, path);
  const last = path.at(-1);
  if (found === undefined && typeof last === 'string') {
    return [{ path: path.slice(0, -1), at: 'key', message: missingKey(last, issue, path.slice(0, -1)) }];
  }
  const explained = explain.value?.(path, found);
  if (explained) return [{ path, at: 'value', message: explained.message, covers: explained.covers }];
  return [{ path, at: 'value', message: describeIssue(issue, found) }];
}

function unknownKey(key: string, allowed: readonly string[]): string {
  const list = allowed.length > 0 ? `; allowed here: ${allowed.join(', ')}` : '';
  return `unknown key '${key}'${didYouMean(key, allowed)}${list}`;
}

function missingKey(key: string, issue: Issue, parent: YamlPath): string {
  const where = parent.length > 0 ? ` in ${describeParent(parent)}` : '';
  const expected = describeIssue({ ...issue, path: [] }, undefined).replace(
    `, found ${describeValue(undefined)}`,
    '',
  );
  return `missing key '${key}'${where}: ${expected}`;
}

function describeParent(parent: YamlPath): string {
  const last = parent.at(-1);
  return typeof last === 'number' ? `'${String(parent.at(-2) ?? '')}[${last}]'` : `'${String(last)}'`;
}

function uncovered(complaints: readonly Complaint[]): Complaint[] {
  const covering = new Map<string, Complaint>();
  for (const complaint of complaints) {
    const key = complaint.covers && JSON.stringify(complaint.covers);
    if (key !== undefined && !covering.has(key)) covering.set(key, complaint);
  }
  if (covering.size === 0) return [...complaints];
  const coverOf = (path: YamlPath) =>
    [...path.keys(), path.length].map((end) => covering.get(JSON.stringify(path.slice(0, end))));
  return complaints.filter((complaint) =>
    coverOf(complaint.path).every((cover) => cover === undefined || cover === complaint),
  );
}
