import type { System } from '../system.ts';
import { checkNetwork } from './config/check-network.ts';
import { describeScale } from './config/describe-scale.ts';
import { loadNetworks } from './config/load-networks.ts';
import type { Networks } from './config/networks.ts';
import { dhcpAnalysis } from './findings/dhcp-analysis.ts';
import { foreseeRescheduling } from './findings/foresee-rescheduling.ts';
import { leaseTable } from './findings/lease-table.ts';
import { DHCP_METRICS } from './metrics.ts';

/** DHCP servers: Neutron's agents with the networks of their file, or dnsmasq(8) with a configuration of its own. */
export const dhcp: System<Networks | undefined> = {
  name: 'dhcp',
  metrics: DHCP_METRICS,
  needs: 'DHCP agents: no node has a label hadrill.dhcp',
  isIn: ({ nodes }) => nodes.some(({ dhcp_network }) => dhcp_network !== undefined),
  load: async (topology, env) => {
    const networks = await loadNetworks(topology, env);
    return { files: networks, notes: [], sources: networks ? [networks.file] : [] };
  },
  scale: (networks) => (networks ? describeScale(networks.settings) : []),
  checkProbe: checkNetwork,
  foresee: foreseeRescheduling,
  analysis: dhcpAnalysis,
  rows: { key: 'lease_tables', from_captures: true },
  table: { shows: 'state', of: leaseTable },
};
