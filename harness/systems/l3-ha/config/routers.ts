import type { AgentTimes } from '../../neutron-scheduling/rescheduling-bound.ts';
import type { Place } from '../../neutron-scheduling/schedule.ts';

/** What the scheduler of a lab's HA routers knows, from its routers file and the topology; checked. */
export interface Routers {
  /** Absolute path of the routers file. */
  readonly file: string;
  readonly settings: RouterSettings;
  /** Names, in the order of the file: so they are created. */
  readonly routers: readonly string[];
  /** Of them those that are not there until something asks for them. */
  readonly later: readonly string[];
  /** One a node with the label `hadrill.routers`, in the order of the topology; `serves` is the router. */
  readonly places: readonly Place[];
}

/** Options of Neutron's server and agents that a routers file can set; the defaults are Neutron's own. */
export interface RouterSettings extends Readonly<AgentTimes> {
  /** Routers are highly available; false: each has one replica. */
  readonly l3_ha: boolean;
  /** How many replicas a router gets at most; 0: one on every live host. */
  readonly max_l3_agents_per_router: number;
  /** With fewer live hosts no router is created. */
  readonly min_l3_agents_per_router: number;
  /** The replicas of a dead host are started on others. */
  readonly allow_automatic_l3agent_failover: boolean;
}
