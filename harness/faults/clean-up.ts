import { clusterOf } from '../cluster/clusters.ts';
import { forgetFailures } from '../cluster/settle-cluster.ts';
import type { Lab, LabNode } from '../lab/lab.ts';

/** Has the cluster of a node, where it is in one, forget what failed: it may run everything everywhere again. */
export async function cleanUp(lab: Lab, node: LabNode): Promise<void> {
  const cluster = clusterOf(lab, node);
  if (cluster) await forgetFailures(lab, cluster);
}
