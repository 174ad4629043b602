import { createHash } from 'node:crypto';
import { MAX_INTERFACE_NAME } from './names.ts';
import type { NodeEndpoint, Topology } from './topology.ts';

/** One end of a wire in the fabric, and the node's interface that it leads to. */
export interface FabricPort {
  node: string;
  /** Name of the interface inside the node. */
  interface: string;
  /** Name of the interface in the fabric; unique in the lab, at most 15 characters. */
  port: string;
  /** Name of the fabric's bridge that the port belongs to. */
  bridge: string;
  /** Of the node's interface, as the file says; undefined leaves it to the lab. */
  mac: string | undefined;
  /** With prefix length. */
  ipv4: string | undefined;
  /** With prefix length. */
  ipv6: string | undefined;
  mtu: number | undefined;
}

export interface FabricBridge {
  name: string;
  mtu: number | undefined;
}

/** What switches the power of a host, and its wire's end in the fabric. */
export interface FabricBmc {
  host: string;
  /** Name of its port in the fabric; unique in the lab, at most 15 characters. */
  port: string;
  bridge: string;
  /** With prefix length. */
  address: string;
  /** As in `TopologyBmc`. */
  off_after_ms?: number;
}

export interface FabricPlan {
  /** Those of the file, then one of two ports for every wire from node to node. */
  bridges: FabricBridge[];
  /** In the order of the wires. */
  ports: FabricPort[];
  /** One for each host that has one. */
  bmcs: FabricBmc[];
}

/**
 * The bridges and ports that the fabric of a lab has. The names that the file does not give depend on the
 * topology alone: the same topology always gets the same names.
 */
export function fabricPorts(topology: Topology): FabricPlan {
  const bridges: FabricBridge[] = topology.bridges.map(({ name, mtu }) => ({ name, mtu }));
  const nameOf = new Map(topology.bridges.map(({ id, name }) => [id, name]));
  const written = topology.wires.flatMap(({ b }) => (b.kind === 'bridge' ? [b.port] : []));
  const names = new Names([...bridges.map(({ name }) => name), ...written]);
  const ports = topology.wires.flatMap(({ a, b, mtu }, index): FabricPort[] => {
    if (b.kind === 'bridge') return [portOf(a, b.port, nameOf.get(b.bridge) ?? b.bridge, mtu)];
    const bridge = names.take(`w${index}`);
    bridges.push({ name: bridge, mtu });
    return [a, b].map((end) => portOf(end, names.take(`${end.node}-${end.interface}`), bridge, mtu));
  });
  const bmcs = topology.nodes.flatMap(({ host, bmc }) =>
    bmc ? [{ host, port: names.take(`bmc-${host}`), ...bmc }] : [],
  );
  return { bridges, ports, bmcs };
}

function portOf(end: NodeEndpoint, port: string, bridge: string, mtu: number | undefined): FabricPort {
  return {
    node: end.node,
    interface: end.interface,
    port,
    bridge,
    mac: end.mac,
    ipv4: end.ipv4,
    ipv6: end.ipv6,
    mtu,
  };
}

/** Interface names of one network namespace. */
class Names {
  readonly #taken: Set<string>;

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken);
  }

  /** The wanted name when it fits and is free; otherwise its beginning and a hash of the whole. */
  take(wanted: string): string {
    let name = wanted;
    for (let attempt = 0; name.length > MAX_INTERFACE_NAME || this.#taken.has(name); attempt++) {
      const hash = createHash('sha256').update(`${wanted} ${attempt}`).digest('hex').slice(0, 6);
      name = `${wanted.slice(0, MAX_INTERFACE_NAME - hash.length - 1)}-${hash}`;
    }
    this.#taken.add(name);
    return name;
  }
}
