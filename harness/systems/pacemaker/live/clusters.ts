import type { Lab, LabNode } from '../../../lab/lab.ts';

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
    const name = node.spec.labels[CLUSTER_LABEL];
    if (name === undefined || isOff(node)) continue;
    const cluster = clusters.get(name) ?? { name, members: [] };
    cluster.members.push(node);
    clusters.set(name, cluster);
  }
  return [...clusters.values()];
}

/** The node is set to start no cluster manager: what it would be a member of is not there. */
function isOff({ spec: { env } }: LabNode): boolean {
  return env.COROSYNC === 'off' || env.PACEMAKERD === 'off';
}

/** The cluster that a node is a member of; undefined when it is of none. */
export function clusterOf(lab: Lab, node: LabNode): Cluster | undefined {
  return clustersOf(lab).find(({ members }) => members.includes(node));
}
