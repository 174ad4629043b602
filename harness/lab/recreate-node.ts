import type Docker from 'dockerode';
import { apiMessage, apiStatus } from '../engine/api-status.ts';
import { EnvironmentError } from '../ground/errors.ts';
import { bindsAreMountable, copyBinds } from './binds.ts';
import type { Lab, LabNode } from './lab.ts';
import { waitHealthy } from './wait-healthy.ts';

/**
 * Makes a node anew: its container is removed, and another one of the same name and settings takes its place, with the
 * wires, the `exec` and the healthcheck that the topology gives it. What was written in the node is gone.
 * @throws EnvironmentError when the engine does not, or the node is of a machine whose power a BMC switches: that starts
 *   the container which it knows. DeadlineError when the node does not become healthy.
 */
export async function recreateNode(lab: Lab, node: LabNode): Promise<void> {
  if (lab.power.switches(node))
    throw new EnvironmentError(`the BMC of host '${node.host}' knows node '${node.name}' as it is`);
  const { docker } = lab.engine;
  const old = docker.getContainer(node.container_id);
  try {
    const { Name: name, Config: config, HostConfig: host } = await old.inspect();
    for (const act of ['stop', 'destroy', 'remove']) lab.acts.expect(node.container_id, act);
    await old.remove({ force: true, v: true });
    const made = await docker.createContainer({
      ...(config as Docker.ContainerCreateOptions),
      name: name.replace(/^\//, ''),
      HostConfig: host,
    });
    if (!bindsAreMountable(lab.engine)) await copyBinds(made, node.spec.binds);
    node.container_id = made.id;
    node.pid = 0;
  } catch (error) {
    if (apiStatus(error) === undefined) throw error;
    throw new EnvironmentError(
      `node '${node.name}': the engine does not make its container anew: ${apiMessage(error)}`,
      { cause: error },
    );
  }
  await lab.startNode(node);
  await waitHealthy(lab, node);
}
