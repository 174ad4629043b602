import { Address4 } from 'ip-address';
import { nodeNameProblem } from '../../../topology/names.ts';
import { type HaproxyServer, parseHaproxyConf } from '../../haproxy/config/haproxy-conf.ts';
import { type HaproxyBind, haproxyBinds } from '../../haproxy/config/haproxy-frontends.ts';
import type { Given, GivenFile } from '../../initialiser.ts';
import { cannotPropose } from '../../proposal/cannot-propose.ts';
import { type SharedNetwork, SharedNetworks } from '../../proposal/shared-networks.ts';
import { type Cib, vipsOf } from '../config/cib.ts';
import type { CorosyncPlace } from '../config/corosync-nodes.ts';

/** A web server behind the balancers. */
export interface Backend {
  node: string;
  address: string;
  port: number;
  network: SharedNetwork;
}

/** Where a cluster of balancers is. */
export interface ClusterPlace {
  nodes: string[];
  networks: SharedNetworks;
  backends: Backend[];
  /** What the client asks. */
  door: { address: string; port: number; network: SharedNetwork };
  client: string;
  /** The resource with the address. */
  resource: string;
}

/**
 * Where the members, the address, the client and the web servers of a cluster are, by its files.
 * @throws InputError where there is nothing that a client could ask.
 */
export function clusterPlace(
  corosync: CorosyncPlace,
  cib: Cib,
  haproxy: readonly GivenFile[],
  { addresses, found, note }: Given,
): ClusterPlace {
  const nodes = corosync.nodes.map(memberName);
  if (nodes.length < 2)
    throw cannotPropose(
      'corosync.conf has no nodelist of two nodes or more: write one, with name and ring0_addr',
    );
  const networks = new SharedNetworks(addresses);
  const vips = vipsOf(cib).filter(({ ip }) => Address4.isValid(ip));
  for (const { ip, prefix, nic } of vips) {
    const known = networks.of(ip);
    const network = networks.take(ip, lengthOf(prefix), nic?.replace(/:.*/s, '') ?? 'front');
    if (!known && lengthOf(prefix) === undefined) assumed(network, note);
  }
  takeRings(corosync, nodes, networks, note);
  const servers = haproxy.flatMap(({ text, file }) => parseHaproxyConf(text, file));
  const backends = backendsOf(servers, networks, note);
  const door = doorOf(
    haproxy.flatMap(({ text, file }) => haproxyBinds(text, file)),
    vips,
  );
  const network = networks.of(door.address)!;
  networks.complete(nodes, found);
  return {
    nodes,
    networks,
    backends,
    door: { address: door.address, port: door.port, network },
    client: network.free(),
    resource: door.resource,
  };
}

function memberName({ name, nodeid, rings }: CorosyncPlace['nodes'][number], at: number): string {
  const [first] = rings;
  const host = first !== undefined && !/^[\d.]+$|:/.test(first) ? first : undefined;
  const own = name ?? host ?? `node${nodeid ?? at + 1}`;
  const problem = nodeNameProblem(own);
  if (problem !== undefined) throw cannotPropose(`corosync.conf: ${problem}`);
  return own;
}

function takeRings(
  { nodes: members }: CorosyncPlace,
  nodes: readonly string[],
  networks: SharedNetworks,
  note: Given['note'],
): void {
  members.forEach(({ rings }, at) => {
    for (const address of rings) {
      if (!Address4.isValid(address)) continue;
      const known = networks.of(address);
      const network = networks.take(address, undefined, 'ring');
      network.own.set(nodes[at]!, address);
      if (!known) assumed(network, note);
    }
  });
  // Members that are named by their host names speak by the first network that they have.
  if (networks.all.length === 0) throw cannotPropose('neither the CIB nor corosync.conf has an IPv4 address');
}

function backendsOf(
  servers: readonly HaproxyServer[],
  networks: SharedNetworks,
  note: Given['note'],
): Backend[] {
  const backends = new Map<string, Backend>();
  for (const { name, backend, address, port } of servers) {
    const what = `server '${name}' of '${backend}'`;
    if (address === undefined || !Address4.isValid(address) || address.startsWith('127.')) {
      note(
        `${what} is not in the lab: it has no IPv4 address of its own there (${address ?? 'none is written'})`,
      );
      continue;
    }
    const known = backends.get(address);
    if (known) {
      if (port !== undefined && port !== known.port)
        note(`${what}: ${address} answers on port ${known.port} alone in the lab, not on ${port}`);
      continue;
    }
    const is_new = networks.of(address) === undefined;
    const network = networks.take(address, undefined, 'back');
    if (is_new) assumed(network, note);
    backends.set(address, { node: `web${backends.size + 1}`, address, port: port ?? 80, network });
  }
  return [...backends.values()];
}

/** Where a client can ask without TLS, at an address that the cluster moves. */
function doorOf(
  binds: readonly HaproxyBind[],
  vips: readonly { id: string; ip: string }[],
): { address: string; port: number; resource: string } {
  for (const { address, port, tls } of binds) {
    const vip = vips.find(({ ip }) => address === undefined || address === ip);
    if (vip && !tls) return { address: vip.ip, port, resource: vip.id };
  }
  const known = vips.map(({ ip }) => ip).join(', ') || 'none';
  const bound =
    binds.map((one) => `${one.address ?? '*'}:${one.port}${one.tls ? ' ssl' : ''}`).join(', ') || 'none';
  throw cannotPropose(
    `no frontend of haproxy.cfg takes connections without TLS at an address that the CIB moves: addresses ${known}; binds ${bound}`,
  );
}

function lengthOf(prefix: string | undefined): number | undefined {
  return prefix !== undefined && /^\d{1,2}$/.test(prefix) ? Number(prefix) : undefined;
}

function assumed({ interface: name, network, prefix_length }: SharedNetwork, note: Given['note']): void {
  note(
    `network '${name}' of ${network.split('/')[0]}: no prefix length is written, /${prefix_length} is assumed (--address NODE:${name}=ADDRESS/LENGTH says another)`,
  );
}
