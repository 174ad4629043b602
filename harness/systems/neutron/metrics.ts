import { type MetricDeclarations, metric } from '../../journal/metric.ts';

const { count } = metric;

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
  'neutron.wrong_states_left': count('the same of replicas, at the end of the trial', {
    after_healing: true,
  }),
  'neutron.single_replicas': count(
    'routers with fewer than two replicas that work, right before healing: the next fault ends them',
    { until_healing: true },
  ),
};
