import type { Lab, LabNode } from '../lab/lab.ts';
import { clusterOf } from '../systems/pacemaker/live/clusters.ts';
import { forgetFailures } from '../systems/pacemaker/live/settle-cluster.ts';

/** Has the cluster of a node, where it is in one, forget what failed: it may run everything everywhere again. */
export async function cleanUp(lab: Lab, node: LabNode): Promise<void> {
  const cluster = clusterOf(lab, node);
  if (cluster) await forgetFailures(lab, cluster);
}
