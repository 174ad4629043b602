import { type Bindings, hostsOf, leastLoaded, type Place } from '../../neutron-scheduling/schedule.ts';
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

/** A router that was asked for: where it runs, the host of its active replica first, or why it is not created. */
export type Creation = { readonly hosts: readonly string[] } | { readonly refusal: string };

/**
 * Creates one router beside those that run, as Neutron does: on min(max, alive) hosts, always the least loaded. Its
 * active replica goes to the one of these hosts with the fewest active ones. Neutron leaves that to keepalived, where all
 * replicas have the same priority.
 * @param bindings of the routers that run; they stay as they are.
 * @param active the host of each running router's active replica.
 * @param places of live hosts only.
 */
export function createRouter(
  router: string,
  { bindings, active }: { bindings: Bindings; active: readonly string[] },
  places: readonly Place[],
  settings: Replication,
): Creation {
  const alive = hostsOf(router, places);
  const refusal = refusalOf(router, settings, alive.length);
  if (refusal !== undefined) return { refusal };
  const chosen = leastLoaded(alive, bindings).slice(0, replicaCount(settings, alive.length));
  const load = (host: string) => active.filter((one) => one === host).length;
  const [first] = chosen.toSorted((a, b) => load(a) - load(b));
  return { hosts: chosen.toSorted((a, b) => Number(b === first) - Number(a === first)) };
}

/**
 * Places routers on hosts, one after the other ({@link createRouter}).
 * @param routers in the order in which they are created.
 * @param places of live hosts only.
 * @returns without routers that are refused.
 */
export function placeRouters(
  routers: readonly string[],
  places: readonly Place[],
  settings: Replication,
): Bindings {
  const bindings = new Map<string, readonly string[]>();
  const active: string[] = [];
  for (const router of routers) {
    const created = createRouter(router, { bindings, active }, places, settings);
    if ('refusal' in created) continue;
    bindings.set(router, created.hosts);
    active.push(created.hosts[0]!);
  }
  return bindings;
}
