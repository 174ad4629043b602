import type { TopologyNode } from '../../../topology/topology.ts';
import { leaseScale } from '../../dhcp/config/describe-scale.ts';
import { agentTimesScale } from '../../neutron-scheduling/agent-times-scale.ts';

const CONFIGURATION = '/etc/neutron/';

/**
 * Sentences for reports: which times of agents and leases a topology gives Neutron in place of its own, by the environment
 * of the control node. Empty where it binds a configuration of its own: what that says, the environment does not.
 */
export function scaledTimes({ env, binds }: Pick<TopologyNode, 'env' | 'binds'>): string[] {
  if (binds.some(({ target }) => target.startsWith(CONFIGURATION))) return [];
  const [down_s, report_s] = [seconds(env.AGENT_DOWN_TIME), seconds(env.REPORT_INTERVAL)];
  const lease_s = seconds(env.DHCP_LEASE_DURATION);
  // Of T1, 0 leaves it to the server.
  const t1_s = seconds(env.DHCP_RENEWAL_TIME) || undefined;
  return [
    ...(lease_s === undefined ? [] : leaseScale({ lease_s, t1_s, t2_s: undefined })),
    ...(down_s === undefined || report_s === undefined
      ? []
      : agentTimesScale({ agent_down_ms: down_s * 1000, report_interval_ms: report_s * 1000 })),
  ];
}

function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
