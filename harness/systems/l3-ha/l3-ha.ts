import { agentTimesScale } from '../neutron-scheduling/agent-times-scale.ts';
import type { System } from '../system.ts';
import { loadRouters } from './config/load-routers.ts';
import { isPlace } from './config/router-places.ts';
import type { Routers } from './config/routers.ts';
import { foreseeRescheduling } from './findings/foresee-rescheduling.ts';
import { l3Analysis } from './findings/l3-analysis.ts';
import { placementTable } from './findings/placement-table.ts';
import { L3_METRICS } from './metrics.ts';

/** HA routers that a scheduler places on hosts, as Neutron does. What they are as virtual routers is the system vrrp. */
export const l3Ha: System<Routers | undefined> = {
  name: 'l3-ha',
  metrics: L3_METRICS,
  needs: 'routers that a scheduler places: no node has a label hadrill.routers',
  isIn: ({ nodes }) => nodes.some(isPlace),
  load: async (topology, env) => {
    const routers = await loadRouters(topology, env);
    return { files: routers, notes: [], sources: routers ? [routers.file] : [] };
  },
  scale: (routers) => (routers ? agentTimesScale(routers.settings) : []),
  foresee: foreseeRescheduling,
  analysis: l3Analysis,
  table: { shows: 'state', of: placementTable },
};
