import type { LiveSystem } from '../../live-system.ts';
import { agentsOn, isAgentNode } from '../config/neutron-nodes.ts';
import type { Tenant } from '../config/tenant.ts';
import { neutron } from '../neutron.ts';
import { agentKeeper } from './agent-keeper.ts';
import { deploy } from './deployment.ts';
import { NeutronWatch } from './neutron-watch.ts';
import { primary, secondary } from './router-roles.ts';
import { routersAudit } from './routers-audit.ts';

export const neutronLive: LiveSystem<Tenant | undefined> = {
  system: neutron,
  audits: [routersAudit],
  // Quicker than the program, which loads all of Neutron to say it.
  daemons: { 'neutron-server': ['dpkg-query', '--show', 'neutron-common'] },
  roles: { primary, secondary },
  // What the agents start and end as routers and networks move; their own services are not theirs to move.
  moves: (_, { spec }, { service }) => isAgentNode(spec) && agentsOn(spec).length > 0 && service === null,
  startsIn: (_, { spec }) => isAgentNode(spec),
  keeper: agentKeeper,
  // RabbitMQ runs in Erlang's machine.
  serviceOf: (process) => (process === 'beam.smp' ? { name: 'rabbitmq', followers: [] } : undefined),
  require: async (lab, tenant, signal) => {
    if (tenant) await deploy(lab, tenant, signal);
  },
  watch: (trial) => (trial.files ? new NeutronWatch(trial, trial.files) : undefined),
};
