import type { z } from 'zod';
import { valueAt } from './value-at.ts';
import type { YamlPath } from './yaml-path.ts';

/** What is left of a value when everything that its schema refuses is taken out. */
export interface Pruned<T> {
  value: T;
  /** The path in the original of a path in `value` (list indexes shift when entries are taken out). */
  originalPath(path: YamlPath): YamlPath;
  /** What was taken out, as paths in the original. */
  removed: YamlPath[];
}

/**
 * Takes out refused parts until the schema accepts the rest, so that the rest can be checked further
 * and all problems of a file come at once. Undefined when nothing acceptable remains.
 */
export function prune<T>(schema: z.ZodType<T>, original: unknown): Pruned<T> | undefined {
  const copy = tracked(original, []);
  const removed: YamlPath[] = [];
  // Every round takes out at least one part, so the rounds are bounded by the size of the value.
  for (;;) {
    const plain = untracked(copy);
    const result = schema.safeParse(plain);
    if (result.success) return { value: result.data, originalPath: (path) => trace(copy, path), removed };
    const culprits = unique(result.error.issues.flatMap((issue) => culpritsOf(issue, plain)));
    if (culprits.length === 0 || culprits.some((path) => path.length === 0)) return undefined;
    for (const path of culprits) removed.push(trace(copy, path));
    // Later list entries first, so that the indexes of the earlier ones stay right.
    for (const path of culprits.toSorted(deeperAndLaterFirst)) take(copy, path);
  }
}

function culpritsOf(issue: z.core.$ZodIssue, value: unknown): (string | number)[][] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...path, key]);
  // A missing key cannot be taken out: what lacks it goes.
  return [valueAt(value, path) === undefined ? path.slice(0, -1) : path];
}

/** A list entry that is refused for two reasons is taken out once. */
function unique(paths: readonly (string | number)[][]): (string | number)[][] {
  return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()];
}

function deeperAndLaterFirst(a: YamlPath, b: YamlPath): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left, right] = [a[i]!, b[i]!];
    if (typeof left === 'number' && typeof right === 'number' && left !== right) return right - left;
    if (left !== right) return String(left) < String(right) ? -1 : 1;
  }
  return b.length - a.length;
}

/** A copy in which every part knows the step it had in the original. */
type Tracked = { leaf: unknown } | Branch;

type Branch = List | Mapping;

interface List {
  kind: 'list';
  /** Each with its index in the original. */
  parts: { step: number; part: Tracked }[];
}

interface Mapping {
  kind: 'mapping';
  parts: Map<string, Tracked>;
}

const MAX_DEPTH = 64;

function tracked(value: unknown, above: readonly object[]): Tracked {
  if (typeof value !== 'object' || value === null) return { leaf: value };
  // An alias can make a mapping contain itself: cut there.
  if (above.includes(value) || above.length > MAX_DEPTH) return { leaf: null };
  const inside = [...above, value];
  if (Array.isArray(value)) {
    return { kind: 'list', parts: value.map((part, step) => ({ step, part: tracked(part, inside) })) };
  }
  const parts = Object.entries(value).map(([step, part]) => [step, tracked(part, inside)] as const);
  return { kind: 'mapping', parts: new Map(parts) };
}

function untracked(node: Tracked): unknown {
  if ('leaf' in node) return node.leaf;
  if (node.kind === 'list') return node.parts.map(({ part }) => untracked(part));
  return Object.fromEntries([...node.parts].map(([step, part]) => [step, untracked(part)]));
}

function partAt(node: Branch, step: string | number): { step: string | number; part: Tracked } | undefined {
  if (node.kind === 'list') return node.parts[Number(step)];
  const part = node.parts.get(String(step));
  return part && { step, part };
}

function take(root: Tracked, path: YamlPath): void {
  let node = root;
  for (const [depth, step] of path.entries()) {
    if ('leaf' in node) return;
    const next = partAt(node, step);
    if (!next) return;
    if (depth === path.length - 1) {
      if (node.kind === 'list') node.parts.splice(Number(step), 1);
      else node.parts.delete(String(step));
    }
    node = next.part;
  }
}

function trace(root: Tracked, path: YamlPath): YamlPath {
  let node: Tracked | undefined = root;
  return path.map((step) => {
    if (!node || 'leaf' in node) return step;
    const next: { step: string | number; part: Tracked } | undefined = partAt(node, step);
    node = next?.part;
    return next?.step ?? step;
  });
}
