import type { Lab, LabNode } from '../../../lab/lab.ts';
import type { TopologyNode } from '../../../topology/topology.ts';

/** The label that makes a node a member of a cluster; its value is the cluster's name. */
const CLUSTER_LABEL = 'hadrill.cluster';

/** Nodes that run one Pacemaker cluster together. */
export interface Cluster {
  name: string;
  members: LabNode[];
}

/** The lab's clusters, from the topology's `hadrill.cluster` labels. */
export function clustersOf(lab: Lab): Cluster[] {
  const clusters = new Map<string, Cluster>();
  for (const node of lab.nodes) {
    const name = clusterNameOf(node.spec);
    if (name === undefined) continue;
    const cluster = clusters.get(name) ?? { name, members: [] };
    cluster.members.push(node);
    clusters.set(name, cluster);
  }
  return [...clusters.values()];
}

/**
 * The name of the cluster that a node of a topology is a member of; undefined when it is of none. One that is set to start
 * no cluster manager is of none: what it would be a member of is not there.
 */
export function clusterNameOf({ labels, env }: TopologyNode): string | undefined {
  return env.COROSYNC === 'off' || env.PACEMAKERD === 'off' ? undefined : labels[CLUSTER_LABEL];
}

/** The cluster that a node is a member of; undefined when it is of none. */
export function clusterOf(lab: Lab, node: LabNode): Cluster | undefined {
  return clustersOf(lab).find(({ members }) => members.includes(node));
}
