import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { posix, resolve } from 'node:path';
import { hostBindProblem } from './host-bind.ts';
import { joinLists, type Layer } from './inheritance.ts';
import { magicProblem, withNodeName } from './magic-words.ts';
import type { ResolveContext } from './resolve-context.ts';
import type { Bind } from './topology.ts';
import type { YamlPath } from './yaml-path.ts';

/** Reads `SOURCE:TARGET[:ro|rw]`; a more specific level replaces a bind of the same target. */
export function resolveBinds(context: ResolveContext, node: string, layers: readonly Layer[]): Bind[] {
  const byTarget = new Map<string, { bind: Bind; path: YamlPath; written: string }>();
  for (const { value, path } of joinLists(layers, 'binds')) {
    const bind = parseBind(context, node, value, path);
    if (!bind) continue;
    const other = byTarget.get(bind.target);
    // A more general level's is replaced; twice in one list is a mistake.
    if (other && isSameList(other.path, path)) {
      context.report(
        path,
        `bind '${value}': '${bind.target}' is already bound in line ${context.lineOf(other.path)}`,
      );
    }
    byTarget.set(bind.target, { bind, path, written: value });
  }
  for (const { bind, path, written } of byTarget.values()) {
    if (!existsSync(bind.source)) context.report(path, `bind '${written}': there is no '${bind.source}'`);
    const power = context.allow_host_binds ? undefined : hostBindProblem(bind.source);
    if (power)
      context.report(path, `bind '${written}': '${bind.source}' ${power}; --allow-host-binds allows it`);
  }
  return [...byTarget.values()].map(({ bind }) => bind);
}

function isSameList(a: YamlPath, b: YamlPath): boolean {
  return a.length === b.length && a.slice(0, -1).every((step, index) => b[index] === step);
}

function parseBind(context: ResolveContext, node: string, written: string, path: YamlPath): Bind | undefined {
  const magic = magicProblem(written);
  if (magic) {
    context.report(path, magic);
    return undefined;
  }
  const [source, target, mode, ...rest] = withNodeName(written, node).split(':');
  if (!source || !target || rest.length > 0) {
    context.report(path, `'${written}' is not a bind: write SOURCE:TARGET or SOURCE:TARGET:ro`);
    return undefined;
  }
  if (!posix.isAbsolute(target)) {
    context.report(path, `bind '${written}': the target '${target}' must be an absolute path`);
    return undefined;
  }
  if (mode !== undefined && mode !== 'ro' && mode !== 'rw') {
    context.report(path, `bind '${written}': mode '${mode}' is not supported by hadrill; allowed: ro, rw`);
    return undefined;
  }
  const expanded = source === '~' || source.startsWith('~/') ? homedir() + source.slice(1) : source;
  return {
    source: resolve(context.directory, expanded),
    target: posix.join('/', target).replace(/(?<=.)\/$/, ''),
    read_only: mode === 'ro',
  };
}
