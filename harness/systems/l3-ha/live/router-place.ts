import { InputError } from '../../../ground/errors.ts';
import type { Lab } from '../../../lab/lab.ts';
import { unknownName } from '../../../topology/targets.ts';
import type { Role } from '../../live-system.ts';
import type { ResolvedTarget } from '../../resolved-target.ts';
import { routerNamed } from '../../vrrp/live/elections.ts';
import { holdersOf } from '../../vrrp/live/virtual-routers.ts';
import { isPlace, placesOf } from '../config/router-places.ts';

/** A place of a router, whether or not it is created: the active one, else the first in the order of the topology. */
export const routerPlace: Role = {
  of: 'VR',
  candidates: (of, topology) => {
    const served = topology.nodes.filter(isPlace);
    const nodes = served.filter((node) => node.virtual_routers.some(({ name }) => name === of));
    if (nodes.length > 0) return nodes;
    const known = [...new Set(served.flatMap((node) => node.virtual_routers.map(({ name }) => name)))];
    if (known.length > 0) return unknownName('router', of, known);
    return { message: `router(${of}) is not known: no node has a label 'hadrill.routers'` };
  },
  resolve: async (lab, of) => {
    const places = placesOf(lab.topology).filter(({ serves }) => serves === of);
    if (places.length === 0)
      throw new InputError(`router(${of}) resolves to nothing: lab '${lab.name}' has no place for it`);
    const holders = await holdersOf(lab, routerNamed(lab, of));
    const active = places.find(({ node }) => holders.some(({ name }) => name === node));
    return lab.node((active ?? places[0]!).node);
  },
};

/** The router that a fault's target is a place of. @throws InputError where it is not one. */
export function routerAt(lab: Lab, target: ResolvedTarget, kind: string): { router: string; node: string } {
  if (target.form !== 'node') throw new InputError(`${kind} is aimed at a router: router(VR)`);
  const { spec } = lab.node(target.node);
  const [router] = spec.virtual_routers;
  if (router && isPlace(spec)) return { router: router.name, node: target.node };
  throw new InputError(`${kind}: node '${target.node}' is not a place of a router that a scheduler places`, {
    remedy: 'name one by router(VR); the labels hadrill.routers and hadrill.vr.VR make a node a place',
  });
}
