import { EnvironmentError } from '../../../ground/errors.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { agentsOf, type ClusterFiles } from '../config/load-clusters.ts';

type Agent = ReturnType<typeof agentsOf>[number];

/** Where OCF agents are looked for (OCF 1.1 §3.1; Pacemaker's default search path). */
const OCF = '/usr/lib/ocf/resource.d';
/** What shows that systemd runs a machine (sd_booted(3)). */
const SYSTEMD = '/run/systemd/system';

/** What a node must have for a class of agents to work, and what there is to do where it has not. */
const NEEDS: Record<string, { path: (agent: Agent) => string; remedy: (agent: Agent) => string }> = {
  ocf: {
    path: ({ provider, type }) => `${OCF}/${provider}/${type}`,
    remedy: ({ provider, type }) =>
      `bind the agent to ${OCF}/${provider}/${type}, or use an image that has it`,
  },
  stonith: {
    path: ({ type }) => `/usr/sbin/${type}`,
    remedy: () =>
      'a lab has BMCs, which fence_redfish turns nodes off with (label hadrill.bmc, image hadrill/cluster); without one take ' +
      'the resource out, and set stonith-enabled to false',
  },
  lsb: {
    path: ({ type }) => `/etc/init.d/${type}`,
    remedy: () => 'use an OCF agent for it, or an image that has the script',
  },
  systemd: {
    path: () => SYSTEMD,
    remedy: () => 'no systemd runs in a container: use an OCF agent for it',
  },
};

/**
 * Looks whether the members have every resource agent that their cluster's configuration names, for without one
 * Pacemaker would only report the resource as not installed. Of members of one image one is looked at.
 * @throws EnvironmentError naming the first that is missing, and what there is.
 */
export async function requireAgents(lab: Lab, cluster: ClusterFiles): Promise<void> {
  const members = cluster.members.map(({ node }) => lab.node(node));
  const one_of_each_image = new Map(members.map((node) => [node.image, node])).values();
  for (const node of one_of_each_image) {
    for (const agent of agentsOf(cluster)) await requireAgent(lab, node, agent);
  }
}

async function requireAgent(lab: Lab, node: LabNode, agent: Agent): Promise<void> {
  const { class: standard, provider, type, resource } = agent;
  const needs = NEEDS[standard];
  // Fencing by the other side's watchdog, and by agents of Pacemaker's own, needs no file.
  if (!needs || (standard === 'stonith' && !type.startsWith('fence_'))) return;
  const path = needs.path(agent);
  if ((await lab.agent.call('node_file_size', { pid: node.pid, path })) !== null) return;
  const name = [standard, provider, type].filter(Boolean).join(':');
  throw new EnvironmentError(
    `resource '${resource}' asks for the agent ${name}, which image ${node.image} of node '${node.name}' does not have`,
    { remedy: (await othersOf(lab, node, agent)) ?? needs.remedy(agent) },
  );
}

/** The agents that there are of the same provider. */
async function othersOf(
  lab: Lab,
  node: LabNode,
  { class: standard, provider }: Agent,
): Promise<string | undefined> {
  if (standard !== 'ocf') return undefined;
  const path = `${OCF}/${provider}`;
  const others = (await lab.agent.call('list_node_folder', { pid: node.pid, path })) ?? [];
  return others.length > 0 ? `provider '${provider}' has ${others.join(', ')} there` : undefined;
}
