import { stringify } from 'yaml';
import { MAX_INTERFACE_NAME } from '../../topology/names.ts';
import type { OwnNode } from '../initialiser.ts';
import { waitingFor } from './wait-for-wires.ts';

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
  own = new Map(),
}: {
  name: string;
  /** Completes "Made by hadrill init from …". */
  made_from: string;
  nodes: Readonly<Record<string, ProposedNode>>;
  wires: readonly ProposedWire[];
  /** What takes the place of hadrill's image, by node. */
  own?: ReadonlyMap<string, OwnNode> | undefined;
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
          Object.entries(nodes).map(([node, said]) => [
            node,
            { kind: 'linux', ...withOwn(said, own.get(node)) },
          ]),
        ),
      },
      links: wires.map((wire, at) => linkOf(wire, portName(wire.node, at), own.has(wire.node) ? nodes : {})),
    },
  };
  return `# Made by hadrill init from ${made_from}. Change it as you like.\n${stringify(topology, { lineWidth: 110, aliasDuplicateObjects: false })}`;
}

function withOwn(said: ProposedNode, own: OwnNode | undefined): ProposedNode {
  if (own === undefined) return said;
  const { argv: _, ...words } = own;
  const addresses = addressPairs(said).map(([, address]) => address!);
  const { binds, ...commands } = waitingFor(addresses, own);
  return {
    ...said,
    ...words,
    ...commands,
    env: { ...own.env, ...said.env },
    binds: [...(said.binds ?? []), ...binds],
  };
}

/** Interface and address with length, as `ADDRESSES` has them. */
function addressPairs(node: ProposedNode | undefined): string[][] {
  const text = node?.env?.ADDRESSES;
  return text === undefined ? [] : text.split(' ').map((pair) => pair.split('='));
}

/** An image of the user's own does not read ADDRESSES: its addresses come with the wire. */
function linkOf(wire: ProposedWire, port: string, own: Readonly<Record<string, ProposedNode>>) {
  const bridge = `${wire.network}|fabric`;
  const ipv4 = addressPairs(own[wire.node]).find(([name]) => name === wire.interface)?.[1];
  if (ipv4 === undefined) return { endpoints: [`${wire.node}:${wire.interface}`, `${bridge}:${port}`] };
  return {
    type: 'veth',
    endpoints: [
      { node: wire.node, interface: wire.interface, ipv4 },
      { node: bridge, interface: port },
    ],
  };
}

/** No two are alike: the number is at the end of what is left of the name. */
function portName(node: string, at: number): string {
  const end = `-${at + 1}`;
  return `${node.replace(/[^\w-]/g, '-').slice(0, MAX_INTERFACE_NAME - end.length)}${end}`;
}
