import type { Lab } from '../../../lab/lab.ts';
import type { Place } from '../../neutron-scheduling/schedule.ts';
import type { Moment } from '../../system-watch.ts';
import { keepalivedAmong, processesOf } from '../../vrrp/live/daemon-state.ts';
import { holdersOf, namedRouters } from '../../vrrp/live/virtual-routers.ts';
import type { Placement, PlaceState } from '../findings/l3-facts.ts';
import type { RouterServer } from './router-server.ts';

/** Where each router's replicas are, and what they do. */
export async function placementsNow(lab: Lab, server: RouterServer, when: Moment): Promise<Placement[]> {
  const routers = namedRouters(lab).filter(({ name }) => server.placesOf(name).length > 0);
  return Promise.all(
    routers.map(async (router): Promise<Placement> => {
      const holders = new Set((await holdersOf(lab, router)).map(({ name }) => name));
      const places = server.places.filter(({ serves }) => serves === router.name);
      const states = await Promise.all(
        places.map(
          async (place) =>
            [place.host, await stateOf(lab, place, server.isBound(place), holders.has(place.node))] as const,
        ),
      );
      return { when, router: router.name, hosts: Object.fromEntries(states) };
    }),
  );
}

async function stateOf(lab: Lab, { node: name }: Place, bound: boolean, holds: boolean): Promise<PlaceState> {
  const node = lab.node(name);
  const isUp = node.pid > 0 && (await lab.agent.call('alive', { pids: [node.pid] })).length > 0;
  if (!isUp) return bound ? 'down' : 'away';
  const runs = keepalivedAmong(await processesOf(lab, node)).state !== 'none';
  if (!bound) return runs || holds ? 'stray' : 'spare';
  return holds ? 'active' : runs ? 'standby' : 'silent';
}
