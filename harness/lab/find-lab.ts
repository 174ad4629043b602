import type { Engine } from '../engine/connect.ts';
import { containerError } from '../engine/container-gone.ts';
import { EnvironmentError } from '../ground/errors.ts';
import { fabricPorts } from '../topology/ports.ts';
import type { Topology } from '../topology/topology.ts';
import { FabricAgent } from './agent.ts';
import { inPlace } from './in-place.ts';
import { agentPorts, Lab, type LabNode } from './lab.ts';
import { FABRIC_NODE, Label, labelFilter } from './labels.ts';
import { noSuchLab } from './list-labs.ts';

/**
 * Connects to a lab that is up.
 * @throws InputError when there is none of that name; EnvironmentError when its fabric does not run;
 *   ContainerGoneError when it is removed meanwhile.
 */
export async function findLab(engine: Engine, name: string): Promise<Lab> {
  const containers = await engine.docker.listContainers({ all: true, filters: labelFilter(Label.lab, name) });
  if (containers.length === 0) throw await noSuchLab(engine, name);
  const fabric = containers.find((container) => container.Labels[Label.node] === FABRIC_NODE);
  if (fabric?.State !== 'running') {
    throw new EnvironmentError(`the fabric of lab '${name}' does not run`, {
      remedy: `take the lab down and up again: hadrill down ${name}`,
    });
  }
  const topology = JSON.parse(fabric.Labels[Label.spec] ?? '') as Topology;
  const ports = fabricPorts(topology).ports;
  const nodes = topology.nodes.flatMap((spec): LabNode[] => {
    const found = containers.filter((one) => one.Labels[Label.node] === spec.name);
    const container = inPlace(found);
    if (!container) return [];
    const own = found.find((one) => one.Id === container.Labels[Label.standsInFor]);
    return [
      {
        name: spec.name,
        host: spec.host,
        spec,
        container_id: container.Id,
        image: container.Image,
        ...(own ? { own: { container_id: own.Id, image: own.Image } } : {}),
        ports: agentPorts(spec.name, ports),
        pid: 0,
      },
    ];
  });
  const agent = await FabricAgent.connect(engine, fabric.Id);
  const lab = new Lab(engine, name, fabric.Labels[Label.run] ?? '', topology, agent);
  try {
    await lab.power.skip();
    for (const node of nodes) await adopt(lab, node);
    lab.power.follow();
    return lab;
  } catch (error) {
    // An open connection would keep this process from ending.
    lab.disconnect();
    throw error;
  }
}

async function adopt(lab: Lab, node: LabNode): Promise<void> {
  const container = lab.engine.docker.getContainer(node.container_id);
  const { State: state } = await container.inspect().catch((error: unknown) => {
    throw containerError(error, `node '${node.name}' of lab '${lab.name}'`);
  });
  node.pid = state.Running ? state.Pid : 0;
  lab.adopt(node);
  // The agent watches already, unless it restarted this node by itself.
  await lab.watchNode(node);
}
