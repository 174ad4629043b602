import { clusterState } from '../cluster/cluster-state.ts';
import { clustersOf } from '../cluster/clusters.ts';
import { uncleanFor } from '../cluster/settle-cluster.ts';
import type { Audit } from './audit.ts';

/** Every member of every cluster is online and every resource runs, with no failure left on record. */
export const clustersClean: Audit = {
  name: 'cluster-clean',
  run: ({ lab }) =>
    Promise.all(
      clustersOf(lab).map(async (cluster) => {
        const view = await clusterState(lab, cluster);
        const wrong = view ? uncleanFor(cluster, view.state) : ['no member answers crm_mon'];
        const well = view
          ? `${view.state.nodes.length} members online, ${view.state.resources.length} resources run, no failure`
          : '';
        return {
          name: 'cluster-clean',
          verdict: wrong.length === 0 ? 'pass' : 'fail',
          detail: `cluster '${cluster.name}': ${wrong.length === 0 ? well : wrong.join('; ')}`,
        };
      }),
    ),
};
