import { EnvironmentError } from '../ground/errors.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { agentsOf, type ClusterFiles } from './load-clusters.ts';
import { runInNode } from './run-in-node.ts';

/** Where resource agents are looked for (OCF 1.1 §3.1; Pacemaker's default search path). */
const AGENTS = '/usr/lib/ocf/resource.d';

/**
 * Looks whether the members have every OCF resource agent that their cluster's configuration names, for without one
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

async function requireAgent(
  lab: Lab,
  node: LabNode,
  { class: standard, provider, type, resource }: ReturnType<typeof agentsOf>[number],
): Promise<void> {
  if (standard !== 'ocf' || provider === undefined) return;
  const found = await runInNode(lab, node, ['test', '-x', `${AGENTS}/${provider}/${type}`]);
  if (found.status === 0) return;
  const { stdout } = await runInNode(lab, node, ['ls', `${AGENTS}/${provider}`]);
  const others = stdout.split('\n').filter(Boolean);
  throw new EnvironmentError(
    `resource '${resource}' asks for the agent ocf:${provider}:${type}, which image ${node.image} of node '${node.name}' does not have`,
    {
      remedy:
        others.length > 0
          ? `provider '${provider}' has ${others.join(', ')} there`
          : `there is no provider '${provider}' in it; bind the agent to ${AGENTS}/${provider}/${type}, or use an image that has it`,
    },
  );
}
