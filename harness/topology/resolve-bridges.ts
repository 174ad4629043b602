import { didYouMean } from '../ground/near-name.ts';
import { kindOf, layersOf, pick } from './inheritance.ts';
import { interfaceNameProblem } from './names.ts';
import type { ResolveContext } from './resolve-context.ts';
import type { TopologyBridge } from './topology.ts';

export interface ResolvedBridges {
  /** By id, in file order. */
  bridges: Map<string, TopologyBridge>;
  /** Nodes whose namespace holds bridges: the fabric plays them. */
  fabric_nodes: Set<string>;
}

/** Keys that mean something on a bridge; the rest would be silently without effect. */
const BRIDGE_KEYS = new Set(['kind', 'network-mode', 'group', 'labels']);
/** Keys that would be silently without effect on a node that the fabric plays. */
const DEAD_ON_FABRIC = ['exec', 'binds', 'sysctls', 'stages', 'healthcheck'] as const;

/** Finds the bridges, written `NAME` or `NAME|NODE` (containerlab manual, kind bridge). */
export function resolveBridges(context: ResolveContext): ResolvedBridges {
  const bridges = new Map<string, TopologyBridge>();
  const fabricNodes = new Set<string>();
  for (const id of Object.keys(context.clab.topology.nodes)) {
    if (kindOf(context.clab, id) !== 'bridge') continue;
    const [name, ...rest] = id.split('|');
    const holder = rest.length > 0 ? rest.join('|') : undefined;
    checkBridge(context, id, name!, holder, bridges);
    if (holder !== undefined) fabricNodes.add(holder);
    bridges.set(id, { id, name: name!, mtu: undefined });
  }
  for (const node of fabricNodes) checkFabricNode(context, node);
  return { bridges, fabric_nodes: fabricNodes };
}

function checkBridge(
  context: ResolveContext,
  id: string,
  name: string,
  holder: string | undefined,
  others: ReadonlyMap<string, TopologyBridge>,
): void {
  const path = ['topology', 'nodes', id];
  const problem =
    name === '' ? `'${id}' has no bridge name before the '|'` : interfaceNameProblem('bridge', name);
  if (problem) context.report(path, problem, 'key');
  const twin = [...others.values()].find((other) => other.name === name);
  if (twin) {
    const message = `bridge name '${name}' is already taken by '${twin.id}': all bridges of a lab live in one fabric`;
    context.report(path, message, 'key');
  }
  checkHolder(context, id, name, holder);
  for (const key of Object.keys(context.clab.topology.nodes[id] ?? {})) {
    if (!BRIDGE_KEYS.has(key)) {
      context.report(
        [...path, key],
        `a bridge has no '${key}'; allowed here: ${[...BRIDGE_KEYS].join(', ')}`,
        'key',
      );
    }
  }
}

function checkHolder(context: ResolveContext, id: string, name: string, holder: string | undefined): void {
  const path = ['topology', 'nodes', id];
  const mode = pick(layersOf(context.clab, id), 'network-mode');
  const container = mode?.value.startsWith('container:') ? mode.value.slice('container:'.length) : undefined;
  if (holder === undefined) {
    if (mode && container !== undefined) {
      context.report(
        mode.path,
        `a bridge inside node '${container}' is named '${name}|${container}' in containerlab`,
      );
    }
    return;
  }
  if (!context.node_names.has(holder)) {
    const near = didYouMean(holder, context.node_names);
    context.report(path, `bridge '${id}' lives in node '${holder}', which is not in the file${near}`, 'key');
  } else if (kindOf(context.clab, holder) === 'bridge') {
    context.report(path, `bridge '${id}' cannot live in '${holder}', which is a bridge itself`, 'key');
  }
  if (container !== holder) {
    const found = mode ? `found 'network-mode: ${mode.value}'` : 'found no network-mode';
    const at = mode?.path ?? [...path, 'network-mode'];
    context.report(at, `bridge '${id}' needs 'network-mode: container:${holder}', ${found}`);
  }
}

function checkFabricNode(context: ResolveContext, node: string): void {
  const settings = Object.hasOwn(context.clab.topology.nodes, node)
    ? context.clab.topology.nodes[node]
    : undefined;
  for (const key of DEAD_ON_FABRIC) {
    if (!settings?.[key]) continue;
    const message = `node '${node}' only carries bridges and is played by hadrill's fabric: its '${key}' would have no effect`;
    context.report(['topology', 'nodes', node, key], message, 'key');
  }
}
