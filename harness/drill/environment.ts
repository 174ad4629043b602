import { loadavg } from 'node:os';
import { describeEngine } from '../engine/describe-engine.ts';
import { imagesOfNodes } from '../engine/image-of-node.ts';
import type { Environment } from '../journal/environment.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { daemonVersions } from '../systems/daemon-versions.ts';

/** What a run's numbers were made on: kernel, engine, image digests, daemon versions. */
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
  };
}

function oneOfEachImage({ nodes }: Lab): LabNode[] {
  return [...new Map(nodes.map((node) => [node.image, node])).values()];
}
