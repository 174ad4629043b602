import { EnvironmentError } from '../ground/errors.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { runInNode } from './run-in-node.ts';

/** Where resource agents are looked for (OCF 1.1 §3.1; Pacemaker's default search path). */
const AGENTS = '/usr/lib/ocf/resource.d';

/** A resource agent as a CIB names it: `ocf:heartbeat:IPaddr2`. */
export interface AgentName {
  class: string;
  provider?: string | undefined;
  type: string;
  /** The resource that asks for it. */
  resource: string;
}

/**
 * Looks whether a node has every OCF resource agent that its cluster's configuration names, for without one Pacemaker
 * would only report the resource as not installed.
 * @throws EnvironmentError naming the first that is missing, and what there is.
 */
export async function requireAgents(lab: Lab, node: LabNode, agents: readonly AgentName[]): Promise<void> {
  for (const { class: standard, provider, type, resource } of agents) {
    if (standard !== 'ocf' || provider === undefined) continue;
    const found = await runInNode(lab, node, ['test', '-x', `${AGENTS}/${provider}/${type}`]);
    if (found.status === 0) continue;
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
}
