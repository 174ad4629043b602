import { InputError } from '../../../ground/errors.ts';
import { didYouMean } from '../../../ground/near-name.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import type { Role } from '../../live-system.ts';
import { activeNodes, type ClusterState } from '../findings/crm-mon.ts';
import { type ClusterView, clusterState } from './cluster-view.ts';
import { type Cluster, clusterNameOf, clustersOf } from './clusters.ts';

/** Which resources there are, and where, only the running cluster knows: it may be any of its members. */
const anyMember: Omit<Role, 'resolve'> = {
  of: 'RESOURCE',
  may_be_any: true,
  candidates: (resource, { nodes }) => {
    const members = nodes.filter((node) => clusterNameOf(node) !== undefined);
    if (members.length > 0) return members;
    return {
      message: `no cluster runs '${resource}': no node is a member of one (label hadrill.cluster)`,
    };
  },
};

/** The node that runs a cluster's resource. */
export const active: Role = { ...anyMember, resolve: resolveActive };

/** A member of its cluster that is online and does not run it: the first one of the topology. */
export const standby: Role = { ...anyMember, resolve: resolveStandby };

/**
 * The member on which a cluster's resource runs right now, according to crm_mon.
 * @throws InputError when there is no such resource, or it does not run on exactly one member.
 */
async function resolveActive(lab: Lab, resource: string): Promise<LabNode> {
  const nothing = `active(${resource}) resolves to nothing:`;
  const views = await viewsWith(lab, resource, nothing);
  const nodes = views.flatMap(({ view }) => activeNodes(view.state, resource)).toSorted();
  const [node, ...more] = nodes;
  if (!node) throw new InputError(`${nothing} the resource runs nowhere now`);
  if (more.length > 0)
    throw new InputError(`${nothing} the resource runs on ${nodes.join(' and ')}; name one of them`);
  return lab.node(node);
}

/**
 * The first member, in the order of the topology, that is online, not set to standby, and does not run a resource of its
 * cluster.
 * @throws InputError when there is no such resource or no such member.
 */
async function resolveStandby(lab: Lab, resource: string): Promise<LabNode> {
  const nothing = `standby(${resource}) resolves to nothing:`;
  const [found] = await viewsWith(lab, resource, nothing);
  const { cluster, view } = found!;
  const running = activeNodes(view.state, resource);
  const free = lab.nodes.filter(({ name }) => cluster.members.some((member) => member.name === name));
  const ready = view.state.nodes.filter(({ online, standby }) => online && !standby).map(({ name }) => name);
  const node = free.find(({ name }) => ready.includes(name) && !running.includes(name));
  if (node) return node;
  const where =
    running.length > 0 ? `the resource runs on ${running.join(' and ')}` : 'the resource runs nowhere';
  throw new InputError(`${nothing} ${where}, online are ${ready.join(', ') || 'none'}`);
}

/** The clusters that have a resource, with what they say. @throws InputError when there is none. */
async function viewsWith(
  lab: Lab,
  resource: string,
  nothing: string,
): Promise<{ cluster: Cluster; view: ClusterView }[]> {
  const clusters = clustersOf(lab);
  if (clusters.length === 0) throw new InputError(`${nothing} no node of this lab is a member of a cluster`);
  const views = (
    await Promise.all(clusters.map(async (cluster) => ({ cluster, view: await clusterState(lab, cluster) })))
  ).flatMap(({ cluster, view }) => (view ? [{ cluster, view }] : []));
  if (views.length === 0) throw new InputError(`${nothing} no member of a cluster answers crm_mon`);
  const having = views.filter(({ view }) => namesOf(view.state).includes(resource));
  if (having.length > 0) return having;
  const known = [...new Set(views.flatMap(({ view }) => namesOf(view.state)))];
  const others = known.length > 0 ? `there are ${known.join(', ')}` : 'there is none';
  throw new InputError(
    `${nothing} there is no resource '${resource}'${didYouMean(resource, known)}; ${others}`,
  );
}

function namesOf({ resources }: ClusterState): string[] {
  return resources.flatMap(({ id, clone }) => [id, ...(clone ? [clone] : [])]);
}
