import type { System } from '../system.ts';
import { DHCP_METRICS } from './metrics.ts';

/** DHCP agents as OpenStack Neutron runs them. */
export const dhcp: System = {
  name: 'dhcp',
  metrics: DHCP_METRICS,
  needs: 'DHCP agents: no node has a label hadrill.dhcp',
  isIn: ({ nodes }) => nodes.some(({ dhcp_network }) => dhcp_network !== undefined),
};
