import type { DhcpAgent } from './networks.ts';

/** The hosts that serve each network, by the network's name. */
export type Bindings = ReadonlyMap<string, readonly string[]>;

/** One network taken from a dead host. `to_host` null: there is no other host for it, so it stays. */
export interface Move {
  readonly network: string;
  readonly from_host: string;
  readonly to_host: string | null;
}

/**
 * Chooses `per_network` hosts for every network, of those with a place for it, always the ones that have least to
 * serve so far, as Neutron does. Where every host has a place for every network, no host serves more than one
 * network more than another. The same input gives the same bindings.
 * @param networks in the order in which they are scheduled.
 * @param per_network 1 or more; a network with fewer places is served by all of them.
 */
export function schedule(
  networks: readonly string[],
  agents: readonly DhcpAgent[],
  per_network: number,
): Bindings {
  const bindings = new Map<string, string[]>();
  for (const network of networks) {
    const chosen = leastLoaded(hostsOf(network, agents), bindings).slice(0, per_network);
    bindings.set(network, chosen);
  }
  return bindings;
}

/**
 * Moves every network of a dead host to a live one that has a place for it and does not serve it yet, the least
 * loaded first; a network with no such host stays where it is.
 */
export function reschedule(
  bindings: Bindings,
  dead: ReadonlySet<string>,
  agents: readonly DhcpAgent[],
): { bindings: Bindings; moves: Move[] } {
  const next = new Map([...bindings].map(([network, hosts]) => [network, [...hosts]]));
  const moves: Move[] = [];
  for (const [network, hosts] of next) {
    for (const from_host of hosts.filter((host) => dead.has(host))) {
      const free = hostsOf(network, agents).filter((host) => !dead.has(host) && !hosts.includes(host));
      const to_host = leastLoaded(free, next)[0] ?? null;
      if (to_host !== null) hosts[hosts.indexOf(from_host)] = to_host;
      moves.push({ network, from_host, to_host });
    }
  }
  return { bindings: next, moves };
}

/** Hosts with a place for the network, in the order of the topology. */
function hostsOf(network: string, agents: readonly DhcpAgent[]): string[] {
  return [...new Set(agents.filter((agent) => agent.network === network).map(({ host }) => host))];
}

/** Of equally loaded ones the order stays. */
function leastLoaded(hosts: readonly string[], bindings: Bindings): string[] {
  const served = [...bindings.values()].flat();
  const load = (host: string) => served.filter((one) => one === host).length;
  return hosts.toSorted((a, b) => load(a) - load(b));
}
