import type { System } from '../system.ts';
import { VRRP_METRICS } from './metrics.ts';

/** Virtual routers: nodes of which one holds an address, and the others wait for its advertisements to end. */
export const vrrp: System = {
  name: 'vrrp',
  metrics: VRRP_METRICS,
  needs: 'a virtual router: no node has a label hadrill.vr.NAME',
  isIn: ({ nodes }) => nodes.some(({ virtual_routers }) => virtual_routers.length > 0),
};
