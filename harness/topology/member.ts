import { Address4, Address6 } from 'ip-address';
import { canonicalAddress, familyOf } from './addresses.ts';
import type { Topology, TopologyNode } from './topology.ts';

/** A node as its addresses: what checks of its files need to know of it. */
export interface Member {
  name: string;
  /** Names of its interfaces, in the order of the topology's links. */
  interfaces: string[];
  /** Of IPv4 and IPv6, with prefix length: 198.18.1.11/24. Not the link-local ones that an interface gives itself. */
  addresses: { interface: string; address: string }[];
  /** Commands or an image of the user's own may give the node more addresses, interfaces and routes. */
  may_have_more: boolean;
}

/** The addresses that a node gets from its wires, and from ADDRESSES in its env (images/base/hadrill/boot). */
export function memberOf(topology: Topology, node: TopologyNode): Member {
  const ends = topology.wires
    .flatMap(({ a, b }) => (b.kind === 'node' ? [a, b] : [a]))
    .filter((end) => end.node === node.name);
  const wired = ends.flatMap(({ interface: name, ipv4, ipv6 }) =>
    [ipv4, ipv6].flatMap((address) => (address === undefined ? [] : [{ interface: name, address }])),
  );
  const given = (node.env.ADDRESSES ?? '').split(/\s+/).flatMap((pair) => {
    const [name, address] = pair.split('=', 2);
    const known = address && (Address4.isValid(address) || Address6.isValid(address));
    return name && known ? [{ interface: name, address }] : [];
  });
  const others = given.filter((one) => !wired.some((other) => sameAddress(one.address, other.address)));
  return {
    name: node.name,
    interfaces: ends.map((end) => end.interface),
    addresses: [...wired, ...others],
    may_have_more: mayHaveMore(node),
  };
}

/** Whether an address belongs to the node, whatever their prefix lengths. */
export function hasAddress({ addresses }: Member, address: string): boolean {
  return addresses.some((one) => sameAddress(one.address, address));
}

/** Addresses by host name, names in lower case. */
export type HostNames = ReadonlyMap<string, readonly string[]>;

/**
 * What the members of a node's cluster find under each other's names: the first address of each. There is no name
 * server in a lab, and configurations of clusters name their nodes. Of IPv4, where it has one.
 */
export function clusterNames(topology: Topology, { cluster }: TopologyNode): HostNames {
  if (cluster === undefined) return new Map();
  const members = topology.nodes.filter((one) => one.cluster === cluster);
  return new Map(
    members.flatMap((node): [string, string[]][] => {
      const { addresses } = memberOf(topology, node);
      const first = addresses.find(({ address }) => familyOf(address) === 4) ?? addresses[0];
      return first ? [[node.name.toLowerCase(), [first.address.split('/', 1)[0]!]]] : [];
    }),
  );
}

/** What a file like /etc/hosts says (hosts(5)). */
export function parseHosts(text: string): HostNames {
  const found = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (address === undefined || canonicalAddress(address) === undefined) continue;
    for (const name of names) {
      const key = name.toLowerCase();
      found.set(key, [...(found.get(key) ?? []), address]);
    }
  }
  return found;
}

function mayHaveMore({ image, exec, stage_execs, cmd, entrypoint, binds, env }: TopologyNode): boolean {
  return (
    env.GATEWAY !== undefined ||
    !image.startsWith('hadrill/') ||
    exec.length + stage_execs.length > 0 ||
    cmd !== undefined ||
    entrypoint !== undefined ||
    binds.some(({ target }) => /^\/etc\/(?:hadrill\/boot\.d|sv)(?:\/|$)/.test(target))
  );
}

function sameAddress(a: string, b: string): boolean {
  return canonicalAddress(a) === canonicalAddress(b);
}
