import { type MetricDeclarations, metric } from '../../journal/metric.ts';

const { count, duration } = metric;

/** For topologies with Neutron's server. What its routers are as virtual routers is the system vrrp's. */
export const NEUTRON_METRICS: MetricDeclarations = {
  'neutron.wrong_states': count(
    'replicas of routers of which the API says active or standby, and the kernel of their node something else, right before healing',
    { until_healing: true },
  ),
  'neutron.wrong_agents': count(
    'agents that the API has alive and that do not run, or the other way round, right before healing',
    { until_healing: true },
  ),
  'neutron.agent_wrong_ms': duration(
    'longest time from the fault to the end of the trial in which the API said of an agent that it is alive, or dead, and it was not so; by looks every 3 s',
  ),
  'neutron.replica_wrong_ms': duration(
    'the same of a replica and its state; a replica of a node that is down counts where the API has it as active',
  ),
  'neutron.wrong_states_left': count('the same of replicas, at the end of the trial', {
    after_healing: true,
  }),
  'neutron.single_replicas': count(
    'routers with fewer than two replicas that work, right before healing: the next fault ends them',
    { until_healing: true },
  ),
  'neutron.routers_short': count(
    'routers whose keepalived runs on fewer nodes than before the fault, right before healing',
    { until_healing: true },
  ),
  'neutron.networks_short': count(
    'networks whose dnsmasq runs on fewer nodes than before the fault, right before healing',
    { until_healing: true },
  ),
  'neutron.replicas_restored_ms': duration(
    'longest time from the fault (of several: the last one at that node before the loss) until a router that had lost a keepalived ran on as many nodes as before, there or elsewhere, and went on to until healing; by looks every second; 0 where none was lost, no value where one was missing when healing began',
    { until_healing: true },
  ),
  'neutron.dhcp_restored_ms': duration('the same of networks and their dnsmasq', { until_healing: true }),
  'neutron.whole_again_ms': duration(
    'time from the end of healing until each router and each network that had lost something ran on as many nodes as before the fault',
    { after_healing: true },
  ),
};
