import { clusterTroubles } from '../cluster/cluster-state.ts';
import { clustersOf } from '../cluster/clusters.ts';
import type { Audit } from './audit.ts';

/** Every member of every cluster is online and every resource runs, with no failure left on record. */
export const clustersClean: Audit = {
  name: 'cluster-clean',
  run: ({ lab }) =>
    Promise.all(
      clustersOf(lab).map(async (cluster) => {
        const wrong = await clusterTroubles(lab, cluster);
        const well = `${cluster.members.length} members online, every resource runs, no failure`;
        return {
          name: 'cluster-clean',
          verdict: wrong.length === 0 ? 'pass' : 'fail',
          detail: `cluster '${cluster.name}': ${wrong.length === 0 ? well : wrong.join('; ')}`,
        };
      }),
    ),
};
