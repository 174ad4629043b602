import type { InputProblem } from '../ground/errors.ts';
import type { ClabFile } from './clab-schema.ts';
import type { Validated } from './validate-yaml.ts';
import type { YamlPath } from './yaml-path.ts';
import type { YamlSource } from './yaml-source.ts';

/** What every step of the resolution works on, and where it reports what is wrong. */
export interface ResolveContext {
  clab: ClabFile;
  /** Absolute directory of the topology file: relative bind sources start here. */
  directory: string;
  /** Binds may give a node power over the machine. */
  allow_host_binds: boolean;
  /** Names of all nodes in the file, also of those with errors of their own. */
  node_names: ReadonlySet<string>;
  /** A scalar as it is written in the file (`1.10` stays `1.10`); paths are those of `clab`. */
  textOf(path: YamlPath): string | undefined;
  /** Line of the file, for "already used in line 12". */
  lineOf(path: YamlPath): number;
  /** What was written there was already refused for its shape. */
  isRefused(path: YamlPath): boolean;
  report(path: YamlPath, message: string, at?: 'key' | 'value'): void;
}

/** A context over what the schema accepted; problems go to `problems`, each once. */
export function resolveContext(
  source: YamlSource,
  accepted: NonNullable<Validated<ClabFile>['accepted']>,
  directory: string,
  problems: InputProblem[],
  allow_host_binds = false,
): ResolveContext {
  const { value: clab, originalPath, removed } = accepted;
  const rawTopology = source.data?.topology as { nodes?: Record<string, unknown> } | undefined;
  const gone = new Set(removed.map(keyOf));
  const isGone = (original: YamlPath) =>
    gone.size > 0 &&
    [...original.keys(), original.length].some((end) => gone.has(keyOf(original.slice(0, end))));
  const known = new Set(problems.map(placedMessage));
  return {
    clab,
    directory,
    allow_host_binds,
    node_names: new Set(Object.keys(rawTopology?.nodes ?? {})),
    textOf: (path) => source.textOf(originalPath(path)),
    lineOf: (path) => source.positionOf(originalPath(path)).line ?? 1,
    isRefused: (path) => isGone(originalPath(path)),
    report(path, message, at = 'value') {
      const original = originalPath(path);
      // Something there was already refused for its shape; what follows from that would only confuse.
      if (isGone(original)) return;
      const position = source.positionOf(original, at);
      const problem = { message, position };
      if (known.has(placedMessage(problem))) return;
      known.add(placedMessage(problem));
      problems.push(problem);
    },
  };
}

function keyOf(path: YamlPath): string {
  return JSON.stringify(path);
}

function placedMessage({ message, position }: InputProblem): string {
  return `${position?.line}:${position?.column} ${message}`;
}
