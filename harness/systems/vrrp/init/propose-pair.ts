import { cannotPropose } from '../../proposal/cannot-propose.ts';
import { addressNetworks, type Network } from './addressing.ts';
import { type Member, segmentsOf } from './segments.ts';

/** A pair of routers with everything around it that a drill needs. */
export interface Pair {
  name: string;
  /** In the order of the user. */
  nodes: readonly string[];
  networks: readonly Network[];
  routers: readonly { name: string; virtual_router_id: number; vip: string }[];
  client: { network: Network; address: string; gateway: string };
  server: Server;
}

export interface Server {
  network: Network;
  address: string;
  gateway?: string;
  /** Without a gateway: how answers come back to the client. */
  back?: Back;
}

/** The routers hide the client behind their own addresses, or the server is on the client's network as well. */
export type Back = { way: 'hidden' } | { way: 'direct'; network: Network; address: string };

/** A network that the files do not have (RFC 2544): there the server is, where only one network has a virtual address. */
const BEHIND = { interface: 'behind', prefix: '198.18.255', length: 24 };

/**
 * What two keepalived.conf need around them: networks, addresses, a client who goes through the virtual address, and a server.
 * @param addresses by `NODE:INTERFACE`, those that the user says, and those that nodes were found with.
 * @param own_images the routers' images are not hadrill's, so they load no rules of hadrill's.
 * @param note for people, where something had to be assumed.
 * @throws InputError where there is nothing to propose.
 */
export function proposePair(
  name: string,
  members: readonly Member[],
  {
    said,
    found = new Map(),
    own_images,
  }: {
    said: ReadonlyMap<string, string>;
    found?: ReadonlyMap<string, string> | undefined;
    own_images: boolean;
  },
  note: (line: string) => void,
): Pair {
  const routers = sharedRouters(members);
  if (routers.length === 0) throw cannotPropose(explainNone(members));
  const networks = addressNetworks(members, segmentsOf(members), new Map([...found, ...said]), note);
  checkSaid(members, networks, said);
  // The address in Neutron's adverts is no client's gateway.
  const served = networks.filter(({ vips }) => vips.some((vip) => !vip.startsWith('169.254.')));
  const [inside, outside] = served;
  if (!inside) throw cannotPropose('all virtual addresses are link-local ones, which no client goes through');
  const gateway = inside.vips.find((vip) => !vip.startsWith('169.254.'))!;
  const client = { network: inside, address: inside.free(), gateway };
  const server = outside
    ? serverOn(members, outside)
    : serverBehind(members, networks, own_images ? inside : undefined, note);
  const all = outside ? networks : [...networks, server.network];
  return { name, nodes: members.map(({ node }) => node), networks: all, routers, client, server };
}

/** Those that every member has: the same VRID with the same first address. */
function sharedRouters(members: readonly Member[]): Pair['routers'] {
  const [first, ...others] = members;
  const names = new Set<string>();
  return first!.places.flatMap(({ instance, virtual_router_id, vips }) => {
    const vip = vips[0]!.address;
    const shared = others.every(({ places }) =>
      places.some((one) => one.virtual_router_id === virtual_router_id && one.vips[0]!.address === vip),
    );
    if (!shared) return [];
    const plain =
      instance
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '') || 'router';
    const name = names.has(plain) ? `${plain}-${virtual_router_id}` : plain;
    names.add(name);
    return [{ name, virtual_router_id, vip }];
  });
}

function explainNone(members: readonly Member[]): string {
  const empty = members.filter(({ places }) => places.length === 0).map(({ node }) => node);
  if (empty.length > 0)
    return (
      `the file of ${empty.join(', ')} has no vrrp_instance with an interface, a virtual_router_id and an IPv4 address ` +
      '(for IPv6 alone nothing is proposed: begin with topologies/l3/l3-v6.clab.yml)'
    );
  const each = members.map(
    ({ node, places }) =>
      `${node} has ${places.map((one) => `VRID ${one.virtual_router_id} with ${one.vips[0]!.address}`).join(', ')}`,
  );
  return `the files share no virtual router, the same VRID with the same first address: ${each.join('; ')}`;
}

function checkSaid(
  members: readonly Member[],
  networks: readonly Network[],
  said: ReadonlyMap<string, string>,
): void {
  const known = networks.flatMap(({ segment }) =>
    [...segment.interfaces].map(([node, one]) => `${node}:${one}`),
  );
  const wrong = [...said.keys()].find((place) => !known.includes(place));
  if (wrong !== undefined)
    throw cannotPropose(
      `--address ${wrong}=...: there is no such interface in the files of ${members.map(({ node }) => node).join(', ')}; they have ${known.join(', ')}`,
    );
}

/** Where the files have a route's next hop, that is the server. */
function serverOn(members: readonly Member[], network: Network): Server {
  const next_hop = members
    .flatMap(({ node, places }) =>
      places.flatMap(({ gateways }) =>
        gateways.filter((one) => one.interface === network.segment.interfaces.get(node)),
      ),
    )
    .map(({ address }) => address)[0];
  return { network, address: next_hop ?? network.free(), gateway: network.vips[0]! };
}

function serverBehind(
  members: readonly Member[],
  networks: readonly Network[],
  direct: Network | undefined,
  note: (line: string) => void,
): Server {
  const { interface: name, prefix, length } = BEHIND;
  note(
    `only network '${networks.find(({ vips }) => vips.length > 0)!.segment.name}' has a virtual address: the server is on a ` +
      `network of its own, '${name}', ` +
      (direct
        ? 'and answers the client without the routers: only the way to the server goes through them'
        : 'and the routers hide the client behind their addresses there'),
  );
  const segment = { name, interfaces: new Map(members.map(({ node }) => [node, name])) };
  const own = new Map(members.map(({ node }, at) => [node, `${prefix}.${at + 2}`]));
  const free = () => {
    throw cannotPropose(`network '${name}' is the server's alone`);
  };
  const network: Network = { segment, vips: [], prefix_length: length, own, free };
  const back: Back = direct ? { way: 'direct', network: direct, address: direct.free() } : { way: 'hidden' };
  return { network, address: `${prefix}.1`, back };
}
