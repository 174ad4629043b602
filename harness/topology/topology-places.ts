import type { Position } from '../ground/errors.ts';
import { clabSchema } from './clab-schema.ts';
import { layersOf, mergeEntries } from './inheritance.ts';
import { readYamlFile } from './read-yaml-file.ts';
import type { Environment } from './substitute-variables.ts';
import type { Topology } from './topology.ts';
import { valueAt } from './value-at.ts';
import type { YamlPath, YamlSource } from './yaml-source.ts';

/** Where a topology's file says what a later check finds wrong. */
export interface TopologyPlaces {
  /** The value of a node's label, wherever the node has it from. */
  label(node: string, label: string): Position;
  /** The value of a node's environment variable, wherever the node has it from. */
  env(node: string, variable: string): Position;
  /** The IPv4 address of a node's interface. */
  address(node: string, interface_name: string): Position;
}

/**
 * Reads the file of a topology once more, for the places of things in it.
 * @param env the variables that the topology was loaded with.
 * @throws InputError when the file is gone.
 */
export async function topologyPlaces(topology: Topology, env: Environment): Promise<TopologyPlaces> {
  const source = await readYamlFile(topology.file, env);
  const clab = clabSchema.safeParse(source.data).data;
  const entry = (node: string, key: 'labels' | 'env', name: string) => {
    const path = clab && mergeEntries(layersOf(clab, node), key).get(name)?.path;
    return source.positionOf(path ?? ['topology', 'nodes', node]);
  };
  return {
    label: (node, label) => entry(node, 'labels', label),
    env: (node, variable) => entry(node, 'env', variable),
    address: (node, name) => source.positionOf(addressPath(source, node, name)),
  };
}

function addressPath(source: YamlSource, node: string, name: string): YamlPath {
  const links = valueAt(source.data, ['topology', 'links']);
  for (const link of Array.isArray(links) ? links.keys() : []) {
    for (const end of [0, 1]) {
      const path = ['topology', 'links', link];
      const written = valueAt(source.data, [...path, 'endpoints', end]);
      if (written === `${node}:${name}`) return [...path, 'ipv4', end];
      if (valueAt(written, ['node']) === node && valueAt(written, ['interface']) === name) {
        const own = [...path, 'endpoints', end, 'ipv4'];
        return valueAt(source.data, own) === undefined ? [...path, 'ipv4', end] : own;
      }
    }
  }
  return ['topology', 'nodes', node];
}
