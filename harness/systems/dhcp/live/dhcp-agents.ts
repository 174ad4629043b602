import type { AuditRecord } from '../../../journal/journal.ts';
import type { Lab } from '../../../lab/lab.ts';
import { readNodeFile } from '../../../lab/read-node-file.ts';
import type { Audit } from '../../audit.ts';
import { auditEach } from '../../audit-each.ts';
import type { DhcpAgent } from '../config/networks.ts';
import { HOSTS_FILE } from '../config/render-files.ts';
import { judgeAgents, type PlaceSeen } from './judge-agents.ts';
import { NeutronServer } from './neutron-server.ts';

const NAME = 'dhcp-agents';
const DAEMON = 'dnsmasq';
/** proc(5): stopped by a signal, or by a tracer. */
const STOPPED = /^[Tt]$/;

/** Every network is served where it is bound, and nowhere else, and every server knows the ports that it has now. */
export const dhcpAgents: Audit = {
  name: NAME,
  summary:
    'each network is served where it is bound and nowhere else, by a dnsmasq that has exactly its ports',
  run: async ({ lab }) => {
    const neutron = NeutronServer.of(lab);
    if (!neutron) return [];
    const networks = neutron.networks.networks.map(({ name }) => name);
    return auditEach(
      NAME,
      networks,
      (network) => `network '${network}'`,
      (network) => auditNetwork(lab, neutron, network),
    );
  },
};

async function auditNetwork(lab: Lab, neutron: NeutronServer, network: string): Promise<AuditRecord> {
  const bound = neutron.bindings().get(network) ?? [];
  const agents = neutron.networks.agents.filter((agent) => agent.network === network);
  const places = await Promise.all(agents.map((agent) => look(lab, agent, bound.includes(agent.host))));
  return judgeAgents(network, places, neutron.ports(network));
}

async function look(lab: Lab, { node: name, host }: DhcpAgent, bound: boolean): Promise<PlaceSeen> {
  const { container_id, pid } = lab.node(name);
  const processes = await lab.agent.call('container_processes', { container_id });
  const daemons = processes.filter((one) => one.name === DAEMON);
  const daemon =
    daemons.length === 0 ? 'none' : daemons.some(({ state }) => STOPPED.test(state)) ? 'stopped' : 'runs';
  return { node: name, host, bound, daemon, host_file: await readNodeFile(lab, pid, HOSTS_FILE) };
}
