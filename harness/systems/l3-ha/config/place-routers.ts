import { type Bindings, hostsOf, type Place, schedule } from '../../neutron-scheduling/schedule.ts';
import type { RouterSettings } from './routers.ts';

type Replication = Pick<RouterSettings, 'l3_ha' | 'max_l3_agents_per_router' | 'min_l3_agents_per_router'>;

/** Neutron's name for a router that it does not create. */
const REFUSAL = 'HANotEnoughAvailableAgents';

/** How many replicas a router gets: min(max, live hosts); one without `l3_ha`. @param alive hosts with a place for it. */
export function replicaCount({ l3_ha, max_l3_agents_per_router: max }: Replication, alive: number): number {
  if (!l3_ha) return Math.min(1, alive);
  return max === 0 ? alive : Math.min(max, alive);
}

/** Why a router is not created: undefined when it is. @param alive how many live hosts have a place for it. */
export function refusalOf(
  router: string,
  { l3_ha, min_l3_agents_per_router: min }: Replication,
  alive: number,
): string | undefined {
  const wanted = l3_ha ? min : 1;
  if (alive >= wanted) return undefined;
  const minimum = l3_ha ? `'min_l3_agents_per_router' is ${min}` : 'it needs one';
  return `${REFUSAL}: router '${router}' is not created: ${minimum}, and ${hostsWords(alive)} a place for it`;
}

function hostsWords(alive: number): string {
  return alive === 0 ? 'no live host has' : alive === 1 ? 'one live host has' : `${alive} live hosts have`;
}

/**
 * Places routers on hosts, as Neutron does: each on min(max, alive) of them, always the least loaded. The active
 * replica comes first: of a router's hosts the one with the fewest active ones so far. Neutron leaves that to keepalived,
 * where all replicas have the same priority.
 * @param routers in the order in which they are created.
 * @param places of live hosts only.
 * @returns without routers that are refused.
 */
export function placeRouters(
  routers: readonly string[],
  places: readonly Place[],
  settings: Replication,
): Bindings {
  const accepted = routers.filter(
    (name) => refusalOf(name, settings, hostsOf(name, places).length) === undefined,
  );
  const count = replicaCount(settings, Number.MAX_SAFE_INTEGER);
  return alternate(schedule(accepted, places, count));
}

/** Puts the host of the active replica first. */
function alternate(bindings: Bindings): Bindings {
  const active: string[] = [];
  const load = (host: string) => active.filter((one) => one === host).length;
  const placed = new Map<string, readonly string[]>();
  for (const [router, hosts] of bindings) {
    const [first, ...others] = hosts.toSorted((a, b) => load(a) - load(b));
    if (first === undefined) continue;
    active.push(first);
    placed.set(router, [first, ...hosts.filter((host) => others.includes(host))]);
  }
  return placed;
}
