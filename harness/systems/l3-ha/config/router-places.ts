import type { InputProblem } from '../../../ground/errors.ts';
import { didYouMean } from '../../../ground/near-name.ts';
import type { Topology, TopologyNode } from '../../../topology/topology.ts';
import type { TopologyPlaces } from '../../../topology/topology-places.ts';
import type { Place } from '../../neutron-scheduling/schedule.ts';

/** A node with it is a place of the router that its label `hadrill.vr.NAME` names; the value is the routers file. */
export const LABEL = 'hadrill.routers';

export function isPlace({ labels }: Pick<TopologyNode, 'labels'>): boolean {
  return labels[LABEL] !== undefined;
}

/** Where each router may run: nodes with both labels, in the order of the topology. */
export function placesOf({ nodes }: Topology): Place[] {
  return nodes.filter(isPlace).flatMap(({ name: node, host, virtual_routers: [router] }) => {
    return router ? [{ node, host, serves: router.name }] : [];
  });
}

/** What is wrong in the topology, seen from the routers file. @param names of the file's routers. */
export function checkPlaces(
  { nodes }: Topology,
  names: readonly string[],
  where: TopologyPlaces,
): InputProblem[] {
  const places = nodes.filter(isPlace);
  return places.flatMap((node, at) => {
    const message = problemOf(node, places.slice(0, at), names);
    return message === undefined ? [] : [{ message, position: where.label(node.name, LABEL) }];
  });
}

function problemOf(
  node: TopologyNode,
  earlier: readonly TopologyNode[],
  names: readonly string[],
): string | undefined {
  const { name, host, labels, virtual_routers } = node;
  const [router, ...more] = virtual_routers;
  if (!router)
    return `'${name}' has the label '${LABEL}' and no label 'hadrill.vr.NAME' that names its router`;
  if (more.length > 0) return `'${name}' is the place of one router, and its labels name ${more.length + 1}`;
  const [first] = earlier;
  if (first && first.labels[LABEL] !== labels[LABEL])
    return `'${name}' names the routers file '${labels[LABEL]}', but '${first.name}' names '${first.labels[LABEL]}': a lab has one`;
  if (!names.includes(router.name))
    return `the routers file has no router '${router.name}'${didYouMean(router.name, names)}; it has ${names.join(', ') || 'none'}`;
  const other = earlier.find((one) => one.host === host && one.virtual_routers[0]?.name === router.name);
  return other
    ? `router '${router.name}' has two places on host '${host}': '${other.name}' and '${name}'; a host runs one replica`
    : undefined;
}
