import type { System } from '../system.ts';
import { AS_VIRTUAL_ROUTER, CLUSTER_METRICS } from './metrics.ts';

/** Pacemaker clusters. */
export const pacemaker: System = {
  name: 'pacemaker',
  metrics: CLUSTER_METRICS,
  stands_in_for: AS_VIRTUAL_ROUTER.map((measure) => `vip.${measure}`),
  needs: 'a cluster: no node has a label hadrill.cluster',
  isIn: ({ nodes }) => nodes.some(({ cluster }) => cluster !== undefined),
};
