import { InputError, type InputProblem } from '../../../ground/errors.ts';
import type { Lab } from '../../../lab/lab.ts';
import { unknownName } from '../../../topology/targets.ts';
import type { Topology, TopologyNode } from '../../../topology/topology.ts';
import type { Role } from '../../live-system.ts';
import {
  holdersOf,
  namedRouters,
  participants,
  type VirtualRouter,
  virtualRouters,
} from './virtual-routers.ts';

/** The node that holds the address of a virtual router. */
export const master: Role = {
  of: 'VR',
  candidates: membersIn,
  resolve: async (lab, of) => {
    const router = routerOf(lab, 'master', of);
    const [node, ...more] = await holdersOf(lab, router);
    if (node && more.length === 0) return node;
    const who = node ? 'more than one of' : 'none of';
    throw new InputError(
      `master(${of}) resolves to nothing: ${who} ${namesOf(router)} holds ${router.vip} now`,
    );
  },
};

/** The first member, in the order of the topology, that takes part now, runs and does not hold the address. */
export const backup: Role = {
  of: 'VR',
  candidates: (of, topology) => {
    const members = membersIn(of, topology);
    if ('message' in members || members.length > 1) return members;
    return {
      message: `virtual router '${of}' has no backup: only '${members[0]!.name}' takes part in it`,
    };
  },
  resolve: async (lab, of) => {
    const router = routerOf(lab, 'backup', of);
    const holders = await holdersOf(lab, router);
    const node = participants(lab, router).find((one) => one.pid > 0 && !holders.includes(one));
    if (node) return node;
    throw new InputError(
      `backup(${of}) resolves to nothing: of ${namesOf(router)}, none waits for ${router.vip} now`,
    );
  },
};

function membersIn(router: string, { nodes }: Topology): readonly TopologyNode[] | InputProblem {
  const members = nodes.filter((node) => node.virtual_routers.some(({ name }) => name === router));
  if (members.length > 0) return members;
  const routers = new Set(nodes.flatMap((node) => node.virtual_routers.map(({ name }) => name)));
  if (routers.size > 0) return unknownName('virtual router', router, [...routers]);
  return { message: `unknown virtual router '${router}': no node has a label 'hadrill.vr.${router}'` };
}

function routerOf(lab: Lab, role: string, name: string): VirtualRouter {
  const all = virtualRouters(lab);
  const router = all.find((one) => one.name === name);
  if (router) return router;
  if (namedRouters(lab).some((one) => one.name === name))
    throw new InputError(`${role}(${name}) resolves to nothing: router '${name}' is not created`);
  const known =
    all.length > 0 ? `the virtual routers ${all.map((one) => one.name).join(', ')}` : 'no virtual router';
  throw new InputError(`${role}(${name}) resolves to nothing: lab '${lab.name}' has ${known}`);
}

function namesOf({ members }: VirtualRouter): string {
  return members.map((node) => node.name).join(', ');
}
