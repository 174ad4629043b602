/** Where the agent of a host may serve something, while that is bound to the host: a network, a router. */
export interface Place {
  readonly node: string;
  readonly host: string;
  /** The name of what it serves. */
  readonly serves: string;
}

/** The hosts that serve each network or router, by its name. */
export type Bindings = ReadonlyMap<string, readonly string[]>;

/** One network or router taken from a dead host. `to_host` null: there is no other host for it, so it stays. */
export interface Move {
  readonly serves: string;
  readonly from_host: string;
  readonly to_host: string | null;
}

/**
 * Chooses `count` hosts for each, of those with a place for it, always the ones that have least to serve so far, as
 * Neutron does. Where every host has a place for everything, no host serves more than one more than another. The same
 * input gives the same bindings.
 * @param names in the order in which they are scheduled.
 * @param count 1 or more; what has fewer places is served by all of them.
 */
export function schedule(names: readonly string[], places: readonly Place[], count: number): Bindings {
  const bindings = new Map<string, string[]>();
  for (const name of names) {
    const chosen = leastLoaded(hostsOf(name, places), bindings).slice(0, count);
    bindings.set(name, chosen);
  }
  return bindings;
}

/**
 * Moves everything of a dead host to a live one that has a place for it and does not serve it yet, the least loaded
 * first; what has no such host stays where it is.
 */
export function reschedule(
  bindings: Bindings,
  dead: ReadonlySet<string>,
  places: readonly Place[],
): { bindings: Bindings; moves: Move[] } {
  const next = new Map([...bindings].map(([name, hosts]) => [name, [...hosts]]));
  const moves: Move[] = [];
  for (const [serves, hosts] of next) {
    for (const from_host of hosts.filter((host) => dead.has(host))) {
      const free = hostsOf(serves, places).filter((host) => !dead.has(host) && !hosts.includes(host));
      const to_host = leastLoaded(free, next)[0] ?? null;
      if (to_host !== null) hosts[hosts.indexOf(from_host)] = to_host;
      moves.push({ serves, from_host, to_host });
    }
  }
  return { bindings: next, moves };
}

/** Hosts with a place for it, in the order of the topology. */
export function hostsOf(name: string, places: readonly Place[]): string[] {
  return [...new Set(places.filter(({ serves }) => serves === name).map(({ host }) => host))];
}

/** The hosts with the least to serve first; of equally loaded ones the order stays. */
export function leastLoaded(hosts: readonly string[], bindings: Bindings): string[] {
  const served = [...bindings.values()].flat();
  const load = (host: string) => served.filter((one) => one === host).length;
  return hosts.toSorted((a, b) => load(a) - load(b));
}
