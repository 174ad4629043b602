import type { Lab } from '../../../lab/lab.ts';
import { limitExistence, limitParticipation } from '../../vrrp/live/virtual-routers.ts';
import { placeRouters } from '../config/place-routers.ts';
import type { Routers } from '../config/routers.ts';
import { RouterServer } from './router-server.ts';
import { readState } from './server-state.ts';

const servers = new WeakMap<Lab, RouterServer>();

/** Gives a lab a server that places every router, and prepares its nodes from now on, also those that come back. */
export function giveServer(lab: Lab, routers: Routers): RouterServer {
  const { later, places, settings } = routers;
  const first = routers.routers.filter((router) => !later.includes(router));
  return attach(lab, new RouterServer(lab, routers, placeRouters(first, places, settings)));
}

/** The server of a lab; undefined when this process gave it none. */
export function serverOf(lab: Lab): RouterServer | undefined {
  return servers.get(lab);
}

/** The same, also of a lab that another process has made; undefined where it has no place. @throws as `readState`. */
export async function findServer(lab: Lab): Promise<RouterServer | undefined> {
  const own = servers.get(lab);
  if (own) return own;
  const state = await readState(lab);
  return state && attach(lab, new RouterServer(lab, state.routers, state.bindings, true));
}

function attach(lab: Lab, server: RouterServer): RouterServer {
  servers.set(lab, server);
  lab.preparations.set('l3-ha', (node) => server.prepare(node));
  limitParticipation(lab, ({ name }) => {
    const place = server.places.find(({ node }) => node === name);
    return place === undefined || server.isBound(place);
  });
  limitExistence(lab, (name) => !server.routers.routers.includes(name) || server.exists(name));
  return server;
}
