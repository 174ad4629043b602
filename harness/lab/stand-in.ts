import { apiMessage, apiStatus } from '../engine/api-status.ts';
import type { NodeImage } from '../engine/image-of-node.ts';
import { EnvironmentError } from '../ground/errors.ts';
import { clusterNames } from '../topology/member.ts';
import { bindsAreMountable, copyBinds, mountableBinds } from './binds.ts';
import type { Lab, LabNode } from './lab.ts';
import { Label, labelFilter } from './labels.ts';
import { nodeContainerOptions } from './node-options.ts';
import { waitHealthy } from './wait-healthy.ts';

/** As long as an engine that stops a container in good order would wait, and some. */
const END_TIMEOUT_S = 15;

/**
 * Makes a container of another image that can stand in for a node's own one, with what the topology gives the node. It is
 * not started, and the node is as before.
 * @returns its id.
 * @throws EnvironmentError when the engine does not make it.
 */
export async function createStandIn(lab: Lab, node: LabNode, image: NodeImage): Promise<string> {
  const { docker } = lab.engine;
  const { name, spec, ports, container_id } = node;
  const mountable = bindsAreMountable(lab.engine);
  try {
    const { Config: own } = await docker.getContainer(container_id).inspect();
    const options = nodeContainerOptions(
      {
        lab: lab.name,
        run_id: lab.run_id,
        prefix: lab.topology.prefix,
        owner: own.Labels[Label.owner],
      },
      spec,
      image,
      ports.length,
      mountable ? mountableBinds(spec.binds) : [],
      clusterNames(lab.topology, spec),
    );
    const made = await docker.createContainer({
      ...options,
      name: `${options.name}-upgraded`,
      Labels: { ...options.Labels, [Label.standsInFor]: container_id },
    });
    if (!mountable) await copyBinds(made, spec.binds);
    return made.id;
  } catch (error) {
    throw refusal(`node '${name}': the engine does not make a container of ${image.tag}`, error);
  }
}

/**
 * Starts a container in the place of a node's own one, which has ended: with its wires, its `exec` and its healthcheck.
 * @throws DeadlineError when it does not become healthy; EnvironmentError when it does not start.
 */
export async function putStandIn(lab: Lab, node: LabNode, id: string, image: string): Promise<void> {
  node.own = { container_id: node.container_id, image: node.image };
  Object.assign(node, { container_id: id, image, pid: 0 });
  await lab.startNode(node);
  await waitHealthy(lab, node);
}

/**
 * Ends and removes what stands in for a node's own container; that is the node's again, and does not run. Harmless where
 * nothing does: the node is left as it is then.
 * @throws EnvironmentError when the engine does not remove it.
 */
export async function withdrawStandIns(lab: Lab, node: LabNode): Promise<void> {
  const { own, pid, ports } = node;
  if (own && pid > 0) await end(lab, pid, ports);
  for (const id of await standInsOf(lab, node)) await remove(lab, node, id);
  if (!own) return;
  Object.assign(node, { ...own, pid: 0 });
  delete node.own;
}

/** The ids of the containers that stand in for a node's own one, or could. */
export async function standInsOf(lab: Lab, { own, container_id }: LabNode): Promise<string[]> {
  const filters = labelFilter(Label.standsInFor, own?.container_id ?? container_id);
  return (await lab.engine.docker.listContainers({ all: true, filters })).map(({ Id: id }) => id);
}

/** In good order; what does not end within 15 s is killed. */
async function end(lab: Lab, pid: number, wires: LabNode['ports']): Promise<void> {
  const ports = wires.map(({ port }) => port);
  const args = { nodes: [{ pid, ports }], timeout_s: END_TIMEOUT_S };
  const { living } = await lab.agent.call('shut_down', args);
  if (living.length > 0) await lab.agent.call('crash', { ports, pids: living });
}

async function remove(lab: Lab, node: LabNode, id: string): Promise<void> {
  for (const act of ['stop', 'destroy', 'remove']) lab.acts.expect(id, act);
  try {
    await lab.engine.docker.getContainer(id).remove({ force: true, v: true });
  } catch (error) {
    // 404: it is gone. 409: somebody else is removing it right now.
    if (apiStatus(error) === 404 || apiStatus(error) === 409) return;
    throw refusal(`node '${node.name}': the engine does not remove what stands in for its container`, error);
  }
}

function refusal(what: string, error: unknown): unknown {
  if (apiStatus(error) === undefined) return error;
  return new EnvironmentError(`${what}: ${apiMessage(error)}`, { cause: error });
}
