import { stringify } from 'yaml';
import { MAX_INTERFACE_NAME } from '../../topology/names.ts';

/** A node of a proposal. */
export interface ProposedNode {
  image: string;
  binds?: readonly string[];
  env?: Readonly<Record<string, string>>;
  labels?: Readonly<Record<string, string>>;
  sysctls?: Readonly<Record<string, number>>;
  'shm-size'?: string;
}

/** An interface of a node on a network. */
export interface ProposedWire {
  node: string;
  interface: string;
  /** Its bridge. */
  network: string;
}

/** A topology file: nodes in their order, a bridge a network, all wires. */
export function labText({
  name,
  made_from,
  nodes,
  wires,
}: {
  name: string;
  /** Completes "Made by hadrill init from …". */
  made_from: string;
  nodes: Readonly<Record<string, ProposedNode>>;
  wires: readonly ProposedWire[];
}): string {
  const bridges = [...new Set(wires.map(({ network }) => network))].map((network) => [
    `${network}|fabric`,
    { kind: 'bridge', 'network-mode': 'container:fabric' },
  ]);
  const topology = {
    name,
    topology: {
      nodes: {
        fabric: { kind: 'linux', image: 'hadrill/fabric' },
        ...Object.fromEntries(bridges),
        ...Object.fromEntries(
          Object.entries(nodes).map(([node, said]) => [node, { kind: 'linux', ...said }]),
        ),
      },
      links: wires.map((wire, at) => ({
        endpoints: [`${wire.node}:${wire.interface}`, `${wire.network}|fabric:${portName(wire.node, at)}`],
      })),
    },
  };
  return `# Made by hadrill init from ${made_from}. Change it as you like.\n${stringify(topology, { lineWidth: 110, aliasDuplicateObjects: false })}`;
}

/** No two are alike: the number is at the end of what is left of the name. */
function portName(node: string, at: number): string {
  const end = `-${at + 1}`;
  return `${node.replace(/[^\w-]/g, '-').slice(0, MAX_INTERFACE_NAME - end.length)}${end}`;
}
