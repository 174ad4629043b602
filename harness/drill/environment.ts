import { loadavg } from 'node:os';
import { describeEngine } from '../engine/describe-engine.ts';
import { imagesOfNodes } from '../engine/image-of-node.ts';
import { memoryOfContainer } from '../engine/memory-of-container.ts';
import type { Environment } from '../journal/environment.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { daemonVersions } from '../systems/daemon-versions.ts';

/** What a run's numbers were made on: kernel, engine, image digests, daemon versions, memory of the nodes. */
export async function describeEnvironment(lab: Lab): Promise<Environment> {
  const { info } = lab.engine;
  const nodes = [{ name: 'fabric', image: 'hadrill/fabric' }, ...lab.topology.nodes];
  const images = await imagesOfNodes(lab.engine, nodes);
  const { kernel } = await lab.agent.call('hello', {});
  const { machine, cpus } = await describeEngine(lab.engine);
  return {
    kernel,
    engine: `${info.name} ${info.version}`,
    ...(machine === undefined ? {} : { machine }),
    cpus,
    load: loadavg(),
    images: Object.fromEntries([...images].map(([name, image]) => [name, image.digest])),
    versions: await daemonVersions(lab, oneOfEachImage(lab)),
    memory_bytes: await memoryOfNodes(lab),
    setup_ms: lab.setup.steps_ms,
    node_up_ms: lab.setup.node_up_ms,
  };
}

function oneOfEachImage({ nodes }: Lab): LabNode[] {
  return [...new Map(nodes.map((node) => [node.image, node])).values()];
}

async function memoryOfNodes({ engine, nodes }: Lab): Promise<Record<string, number>> {
  const each = await Promise.all(
    nodes.map(async ({ name, container_id }) => {
      const bytes = await memoryOfContainer(engine.docker.getContainer(container_id));
      return bytes === undefined ? [] : [[name, bytes] as const];
    }),
  );
  return Object.fromEntries(each.flat());
}
