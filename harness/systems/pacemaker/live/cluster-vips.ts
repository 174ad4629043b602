import type { Lab } from '../../../lab/lab.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import { parseCib, vipsOf } from '../config/cib.ts';
import type { Cluster } from './clusters.ts';

/** A cluster's configuration and state as cibadmin(8) shows it; undefined when no member answers. */
export async function readCib(lab: Lab, cluster: Cluster): Promise<string | undefined> {
  for (const node of cluster.members.filter(({ pid }) => pid > 0)) {
    const { status, stdout } = await runInNode(lab, node, ['cibadmin', '--query']);
    if (status === 0) return stdout;
  }
  return undefined;
}

/** The addresses that a cluster moves; none when no member answers. */
export async function clusterVips(lab: Lab, cluster: Cluster): Promise<ReturnType<typeof vipsOf>> {
  const cib = await readCib(lab, cluster);
  return cib === undefined ? [] : vipsOf(parseCib(cib, `CIB of cluster '${cluster.name}'`));
}
