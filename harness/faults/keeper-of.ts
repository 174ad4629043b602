import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { clusterOf } from '../systems/pacemaker/live/clusters.ts';
import { ClusterKeeper } from './cluster-keeper.ts';
import { NodeKeeper } from './node-keeper.ts';
import type { ProcessKeeper } from './process-keeper.ts';

/** Pacemaker's own daemons: its first process starts them again when they end. */
const PACEMAKERS = /^pacemaker-/;
/** What a cluster itself is made of. */
const CLUSTER_STACK = /^(corosync|pacemakerd|pacemaker-.+)$/;

/** The service that a name's processes belong to. */
function serviceOf(name: string): string {
  return PACEMAKERS.test(name) ? 'pacemakerd' : name;
}

/** Services that need this one and may end with it: pacemaker.service requires corosync.service (systemd.unit(5)). */
function followersOf(name: string): readonly string[] {
  return name === 'corosync' ? ['pacemakerd'] : [];
}

/**
 * Finds out who keeps the processes of a name in a node, while they still run: the node's own init, where it has such
 * a service, or else the cluster that the node is a member of.
 */
export async function keeperOf(lab: Lab, node: LabNode, name: string): Promise<ProcessKeeper> {
  const has = (service: string) => lab.agent.call('has_service', { pid: node.pid, name: service });
  const service = serviceOf(name);
  const cluster = clusterOf(lab, node);
  if (cluster && !CLUSTER_STACK.test(name) && !(await has(service)))
    return ClusterKeeper.watch(lab, cluster, name);
  const followers: string[] = [];
  for (const follower of followersOf(name)) if (await has(follower)) followers.push(follower);
  return new NodeKeeper(lab, node, name, service, followers);
}

/** How the fabric has them run again by itself; what a cluster keeps it leaves to the cluster. */
export function keeperGuard(lab: Lab, node: LabNode, name: string): GuardStep[] {
  const { container_id } = node;
  const if_known = clusterOf(lab, node) !== undefined;
  return [
    { step: 'continue_processes', args: { container_ids: [container_id], name } },
    { step: 'start_service', args: { container_id, name: serviceOf(name), if_known } },
    ...followersOf(name).map((follower): GuardStep => {
      return { step: 'start_service', args: { container_id, name: follower, if_known: true } };
    }),
  ];
}
