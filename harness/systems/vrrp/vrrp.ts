import type { System } from '../system.ts';
import { type KeepalivedFiles, loadKeepalived } from './config/load-keepalived.ts';
import { foreseeTakeover } from './findings/foresee-takeover.ts';
import { phaseTable } from './findings/phase-table.ts';
import { routerHeadline, routerTable } from './findings/router-table.ts';
import { splitTable } from './findings/split-table.ts';
import { vrrpAnalysis } from './findings/vrrp-analysis.ts';
import { VRRP_METRICS } from './metrics.ts';

/** Virtual routers: members that keepalived(8) gives one address, with conntrackd(8) beside it. */
export const vrrp: System<KeepalivedFiles> = {
  name: 'vrrp',
  metrics: VRRP_METRICS,
  needs: 'a virtual router: no node has a label hadrill.vr.NAME',
  isIn: ({ nodes }) => nodes.some(({ virtual_routers }) => virtual_routers.length > 0),
  load: async (topology) => ({ ...(await loadKeepalived(topology)), sources: [] }),
  foresee: foreseeTakeover,
  analysis: vrrpAnalysis,
  table: [
    { shows: 'steps', of: routerTable },
    { shows: 'steps', of: phaseTable },
    { shows: 'steps', of: splitTable },
  ],
  rows: { from_captures: true },
  headline: routerHeadline,
};
