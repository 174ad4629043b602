import { Address4 } from 'ip-address';
import type { Topology, TopologyNode } from '../topology/topology.ts';

/** A node as its addresses: what checks of its files need to know of it. */
export interface Member {
  name: string;
  /** Names of its interfaces, in the order of the topology's links. */
  interfaces: string[];
  /** IPv4, with prefix length: 198.18.1.11/24. */
  addresses: { interface: string; address: string }[];
}

/** The addresses that a node gets from its wires, and from ADDRESSES in its env (images/base/hadrill/boot). */
export function memberOf(topology: Topology, node: TopologyNode): Member {
  const ends = topology.wires
    .flatMap(({ a, b }) => (b.kind === 'node' ? [a, b] : [a]))
    .filter((end) => end.node === node.name);
  const wired = ends.flatMap(({ interface: name, ipv4 }) =>
    ipv4 === undefined ? [] : [{ interface: name, address: ipv4 }],
  );
  const given = (node.env.ADDRESSES ?? '').split(/\s+/).flatMap((pair) => {
    const [name, address] = pair.split('=', 2);
    return name && address && Address4.isValid(address) ? [{ interface: name, address }] : [];
  });
  const others = given.filter((one) => !wired.some((other) => sameAddress(one.address, other.address)));
  return {
    name: node.name,
    interfaces: ends.map((end) => end.interface),
    addresses: [...wired, ...others],
  };
}

/** The variables of a node's templates: its env, and its own addresses as IPV4_<IFACE>. */
export function templateVariables(node: TopologyNode, { addresses }: Member): Record<string, string> {
  const own = addresses.map(({ interface: name, address }) => [
    `IPV4_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`,
    bare(address),
  ]);
  // Of several addresses of an interface the first counts.
  return {
    HOSTNAME: node.name,
    ...node.env,
    IPV4_LO: '127.0.0.1',
    ...Object.fromEntries(own.toReversed()),
  };
}

/** Whether an address belongs to the node, whatever their prefix lengths. */
export function hasAddress({ addresses }: Member, address: string): boolean {
  return addresses.some((one) => sameAddress(one.address, address));
}

function sameAddress(a: string, b: string): boolean {
  return bare(a) === bare(b);
}

function bare(address: string): string {
  return address.split('/', 1)[0]!;
}
