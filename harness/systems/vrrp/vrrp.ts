import type { System } from '../system.ts';
import { loadKeepalived } from './config/load-keepalived.ts';
import { phaseTable } from './findings/phase-table.ts';
import { vrrpAnalysis } from './findings/vrrp-analysis.ts';
import { VRRP_METRICS } from './metrics.ts';

/** Virtual routers: members that keepalived(8) gives one address, with conntrackd(8) beside it. */
export const vrrp: System<undefined> = {
  name: 'vrrp',
  metrics: VRRP_METRICS,
  needs: 'a virtual router: no node has a label hadrill.vr.NAME',
  isIn: ({ nodes }) => nodes.some(({ virtual_routers }) => virtual_routers.length > 0),
  load: async (topology) => ({ files: undefined, notes: await loadKeepalived(topology), sources: [] }),
  analysis: vrrpAnalysis,
  table: { shows: 'steps', of: phaseTable },
};
