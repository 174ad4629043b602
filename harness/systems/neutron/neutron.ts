import type { System } from '../system.ts';
import { VRRP_METRICS } from '../vrrp/metrics.ts';
import { loadTenant } from './config/load-tenant.ts';
import { isControl } from './config/neutron-nodes.ts';
import type { Tenant } from './config/tenant.ts';
import { agentTable, replicaTable } from './findings/claims-tables.ts';
import { neutronAnalysis } from './findings/neutron-analysis.ts';
import { NAME } from './findings/neutron-facts.ts';
import { NEUTRON_METRICS } from './metrics.ts';

/** OpenStack's Neutron itself: its server and its agents, as Debian packages them. */
export const neutron: System<Tenant | undefined> = {
  name: NAME,
  metrics: NEUTRON_METRICS,
  // Its HA routers are virtual routers: what they do is the system vrrp's to find.
  stands_in_for: Object.keys(VRRP_METRICS),
  needs: 'a server of Neutron: no node has the image hadrill/neutron-control',
  isIn: ({ nodes }) => nodes.some(isControl),
  load: async (topology, env) => {
    const tenant = await loadTenant(topology, env);
    return { files: tenant, notes: [], sources: tenant ? [tenant.file] : [] };
  },
  scale: (tenant) => tenant?.scaled ?? [],
  analysis: neutronAnalysis,
  table: [
    { shows: 'state', of: replicaTable },
    { shows: 'state', of: agentTable },
  ],
};
