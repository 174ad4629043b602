import { InputError, type InputProblem } from '../../../ground/errors.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import type { Topology, TopologyNode } from '../../../topology/topology.ts';
import type { Role } from '../../live-system.ts';
import { isNetworkNode } from '../config/neutron-nodes.ts';
import { routersOf } from './deployment.ts';
import { addressesIn, holdersOf, type NeutronRouter, namespaceOf, networkNodes } from './routers.ts';

/** The node whose replica of a router of Neutron holds the router's addresses. */
export const primary: Role = {
  of: 'ROUTER',
  candidates,
  resolve: async (lab, of) => {
    const router = await routerOf(lab, 'primary', of);
    const [node, ...more] = await holdersOf(lab, router);
    if (node && more.length === 0) return node;
    const who = node ? [node, ...more].map(({ name }) => name).join(' and ') : 'no node';
    throw new InputError(`primary(${of}) resolves to nothing: ${who} holds ${router.address} now`);
  },
};

/** The first node, in the order of the topology, that has a replica of the router which does not hold its addresses. */
export const secondary: Role = {
  of: 'ROUTER',
  candidates,
  resolve: async (lab, of) => {
    const router = await routerOf(lab, 'secondary', of);
    const holders = await holdersOf(lab, router);
    for (const node of networkNodes(lab)) {
      if (node.pid === 0 || holders.includes(node)) continue;
      if (await hasReplica(lab, node, router)) return node;
    }
    throw new InputError(
      `secondary(${of}) resolves to nothing: no node has a replica that waits for ${router.address}`,
    );
  },
};

async function hasReplica(lab: Lab, node: LabNode, router: NeutronRouter): Promise<boolean> {
  return (await addressesIn(lab, node, namespaceOf(router))).length > 0;
}

function candidates(_: string, { nodes }: Topology): readonly TopologyNode[] | InputProblem {
  const found = nodes.filter(isNetworkNode);
  return found.length > 0
    ? found
    : { message: 'no node has the image hadrill/neutron-node with its L3 agent' };
}

async function routerOf(lab: Lab, role: string, name: string): Promise<NeutronRouter> {
  const all = await routersOf(lab);
  const found = all.find((router) => router.name === name);
  if (found) return found;
  const known = all.map((router) => router.name).join(', ') || 'none';
  throw new InputError(
    `${role}(${name}) resolves to nothing: Neutron's routers with an interface are ${known}`,
  );
}
