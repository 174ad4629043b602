import { InputError } from '../ground/errors.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { ResolvedTarget } from '../systems/resolved-target.ts';
import { roles } from '../systems/roles.ts';
import type { NodeSelector, Target } from '../topology/targets.ts';

/**
 * Finds out what a target is right now.
 * @throws InputError when it is nothing: no such node, no node has the role.
 */
export async function resolveTarget(lab: Lab, target: Target): Promise<ResolvedTarget> {
  switch (target.kind) {
    case 'host':
      return resolveHost(lab, target.host);
    case 'host-of':
      return resolveHost(lab, (await resolveNode(lab, target.node)).host);
    case 'network':
      return resolveNetwork(lab, target.network);
    case 'node':
      return { form: 'node', node: (await resolveNode(lab, target.node)).name };
    case 'process':
      return { form: 'process', node: (await resolveNode(lab, target.node)).name, process: target.process };
    case 'interface':
      return {
        form: 'interface',
        node: (await resolveNode(lab, target.node)).name,
        interface: target.interface,
      };
  }
}

function resolveHost(lab: Lab, host: string): ResolvedTarget {
  const nodes = lab.nodesOfHost(host).map((node) => node.name);
  if (nodes.length === 0) {
    const hosts = [...new Set(lab.nodes.map((node) => node.host))];
    throw new InputError(`lab '${lab.name}' has no host '${host}'; it has ${hosts.join(', ')}`);
  }
  return { form: 'host', host, nodes };
}

function resolveNetwork(lab: Lab, network: string): ResolvedTarget {
  const on = lab.nodes.filter(({ ports }) => ports.some(({ bridge }) => bridge === network));
  const bridges = lab.topology.bridges.map(({ name }) => name);
  if (bridges.includes(network)) return { form: 'network', network, nodes: on.map(({ name }) => name) };
  throw new InputError(
    `lab '${lab.name}' has no network '${network}'; it has ${bridges.join(', ') || 'none'}`,
  );
}

async function resolveNode(lab: Lab, selector: NodeSelector): Promise<LabNode> {
  if (selector.kind === 'node') return lab.node(selector.node);
  const role = roles.get(selector.role);
  if (!role) throw new InputError(`there is no role '${selector.role}'`);
  return role.resolve(lab, selector.of);
}
