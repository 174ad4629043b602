import type { ClabFile, ClabNode } from './clab-schema.ts';
import type { YamlPath } from './yaml-path.ts';

/** One level that a node takes settings from. */
export interface Layer {
  path: YamlPath;
  settings: ClabNode;
}

/** A value and where it was written. */
export interface Sourced<T> {
  value: T;
  path: YamlPath;
}

/** The levels of a node, most general first: defaults, kind, group, node (containerlab manual, nodes: group). */
export function layersOf(clab: ClabFile, node: string): Layer[] {
  const { defaults, kinds, groups, nodes } = clab.topology;
  const kind = kindOf(clab, node);
  const group = groupOf(clab, node);
  const candidates: { path: YamlPath; settings: ClabNode | null | undefined }[] = [
    { path: ['topology', 'defaults'], settings: defaults },
    { path: ['topology', 'kinds', kind ?? ''], settings: kind && kinds?.[kind] },
    {
      path: ['topology', 'groups', group ?? ''],
      settings: group === undefined ? undefined : own(groups, group),
    },
    { path: ['topology', 'nodes', node], settings: own(nodes, node) },
  ].map(({ path, settings }) => ({ path, settings: settings || undefined }));
  return candidates.flatMap(({ path, settings }) => (settings ? [{ path, settings }] : []));
}

/** A node's kind, from itself, its group or the defaults; undefined when none of them says. */
export function kindOf(clab: ClabFile, node: string): 'linux' | 'bridge' | undefined {
  const { defaults, groups, nodes } = clab.topology;
  const settings = own(nodes, node);
  const fromGroup = (name: string | undefined) => (name === undefined ? undefined : own(groups, name)?.kind);
  return settings?.kind ?? fromGroup(settings?.group) ?? fromGroup(defaults?.group) ?? defaults?.kind;
}

function groupOf(clab: ClabFile, node: string): string | undefined {
  const { defaults, kinds, nodes } = clab.topology;
  const kind = kindOf(clab, node);
  return own(nodes, node)?.group ?? (kind && kinds?.[kind]?.group) ?? defaults?.group;
}

/** The most specific level's value. */
export function pick<K extends keyof ClabNode>(
  layers: readonly Layer[],
  key: K,
): Sourced<NonNullable<ClabNode[K]>> | undefined {
  const layer = layers.findLast(({ settings }) => settings[key] !== undefined && settings[key] !== null);
  const value = layer?.settings[key];
  return layer && value !== undefined && value !== null ? { value, path: [...layer.path, key] } : undefined;
}

/** Entries of all levels, each with its place; a more specific level replaces an entry of the same name. */
export function mergeEntries(
  layers: readonly Layer[],
  key: 'env' | 'labels' | 'sysctls',
): Map<string, Sourced<string | number | boolean>> {
  const merged = new Map<string, Sourced<string | number | boolean>>();
  for (const { path, settings } of layers) {
    for (const [name, value] of Object.entries(settings[key] ?? {})) {
      merged.set(name, { value, path: [...path, key, name] });
    }
  }
  return merged;
}

/** Lists of all levels one after the other, the same text once, as containerlab joins them. */
export function joinLists(layers: readonly Layer[], key: 'binds' | 'exec' | 'cap-add'): Sourced<string>[] {
  const joined = layers.flatMap(({ path, settings }) =>
    (settings[key] ?? []).map((value, index) => ({ value, path: [...path, key, index] })),
  );
  const seen = new Set<string>();
  return joined.filter(({ value }) => !seen.has(value) && seen.add(value));
}

function own<T>(record: Record<string, T> | null | undefined, key: string): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}
