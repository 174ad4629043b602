import type { System } from '../system.ts';
import { type ClusterFiles, loadClusters } from './config/load-clusters.ts';
import { clusterTable } from './findings/cluster-table.ts';
import { foreseeLoss } from './findings/foresee-loss.ts';
import { pacemakerAnalysis } from './findings/pacemaker-analysis.ts';
import { AS_VIRTUAL_ROUTER, CLUSTER_METRICS } from './metrics.ts';

/** Pacemaker clusters, with Corosync below them. */
export const pacemaker: System<readonly ClusterFiles[]> = {
  name: 'pacemaker',
  metrics: CLUSTER_METRICS,
  stands_in_for: AS_VIRTUAL_ROUTER.map((measure) => `vip.${measure}`),
  needs: 'a cluster: no node has a label hadrill.cluster',
  isIn: ({ nodes }) => nodes.some(({ cluster }) => cluster !== undefined),
  load: async (topology, env) => {
    const { clusters, notes } = await loadClusters(topology, env);
    return { files: clusters, notes, sources: [] };
  },
  foresee: (clusters, _, fault) => foreseeLoss(clusters, fault),
  analysis: pacemakerAnalysis,
  rows: { key: 'clusters' },
  table: { shows: 'state', of: clusterTable },
};
