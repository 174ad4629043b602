import { InputError } from '../../../ground/errors.ts';
import type { Lab } from '../../../lab/lab.ts';
import { labNow } from '../../../lab/now.ts';
import { routerNamed } from '../../vrrp/live/elections.ts';
import { holdersOf } from '../../vrrp/live/virtual-routers.ts';
import { type Creation, createRouter } from '../config/place-routers.ts';
import { beginRequest, type RouterRequest } from './router-request.ts';
import type { RouterServer } from './router-server.ts';
import { findServer } from './servers.ts';

/** A request, and the clock right around the moment at which the server took it. */
export interface Asked {
  server: RouterServer;
  request: RouterRequest;
  before_ns: number;
  after_ns: number;
}

/**
 * Asks the server to create a router: it places it, or refuses it.
 * @throws InputError when it is there already; as `findServer`.
 */
export async function askToCreate(lab: Lab, router: string): Promise<Asked> {
  const server = await serverFor(lab);
  if (server.exists(router)) throw new InputError(`router '${router}' is created already`);
  const about = await describe(lab, router);
  const before_ns = await labNow(lab);
  const creation = await placeNow(lab, server, router);
  const hosts = 'hosts' in creation ? creation.hosts : [];
  if (hosts.length > 0) server.adopt(router, hosts);
  const facts = {
    kind: 'create' as const,
    ...about,
    at_ns: before_ns,
    hosts: [...hosts],
    ...('refusal' in creation ? { refusal: creation.refusal } : {}),
  };
  const request = beginRequest(facts, async (signal) => {
    if (hosts.length > 0) await server.raise(router, signal);
  });
  server.requests.push(request);
  return { server, request, before_ns, after_ns: await labNow(lab) };
}

/** Asks the server to delete a router. @throws InputError when it is not there; as `findServer`. */
export async function askToDelete(lab: Lab, router: string): Promise<Asked> {
  const server = await serverFor(lab);
  if (!server.exists(router))
    throw new InputError(`router '${router}' is not created, so it cannot be deleted`);
  const about = await describe(lab, router);
  const hosts = [...server.home(router)];
  const before_ns = await labNow(lab);
  const facts = { kind: 'delete' as const, ...about, at_ns: before_ns, hosts };
  const request = beginRequest(facts, () => server.delete(router, true));
  server.requests.push(request);
  return { server, request, before_ns, after_ns: await labNow(lab) };
}

async function serverFor(lab: Lab): Promise<RouterServer> {
  const server = await findServer(lab);
  if (server) return server;
  throw new InputError(`lab '${lab.name}' has no routers that a scheduler places`);
}

async function describe(lab: Lab, router: string) {
  const of = routerNamed(lab, router);
  const holders = (await holdersOf(lab, of)).map(({ name }) => name);
  return { router, vrid: of.vrid, vip: of.vip, holders };
}

/** Where it is placed at this moment, or why it is refused. */
async function placeNow(lab: Lab, server: RouterServer, router: string): Promise<Creation> {
  const alive = await server.alive();
  const bindings = server.bindings();
  const holders = await Promise.all(
    [...bindings.keys()].map((name) => holdersOf(lab, routerNamed(lab, name))),
  );
  const active = holders.flatMap((nodes) => nodes.map(({ host }) => host));
  const places = server.places.filter(({ host }) => alive.has(host));
  return createRouter(router, { bindings, active }, places, server.routers.settings);
}
