import { loadavg } from 'node:os';
import { describeEngine } from '../engine/describe-engine.ts';
import { imagesOfNodes } from '../engine/image-of-node.ts';
import type { Environment } from '../journal/environment.ts';
import type { Lab } from '../lab/lab.ts';
import { liveSystems } from '../systems/live.ts';

/** How each daemon reports its version. */
const VERSION_COMMANDS = liveSystems.flatMap(({ daemons = {} }) => Object.entries(daemons));

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
    versions: await daemonVersions(lab),
  };
}

async function daemonVersions(lab: Lab): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  const oneOfEachImage = [...new Map(lab.nodes.map((node) => [node.image, node])).values()];
  for (const node of oneOfEachImage) {
    for (const [daemon, command] of VERSION_COMMANDS) {
      if (daemon in versions) continue;
      if (!(await lab.agent.call('has_program', { pid: node.pid, name: daemon }))) continue;
      const said = await lab.exec(node.name, [...command]);
      const number = /v?(\d+\.\d+(?:\.\d+)*)/.exec(said.stdout + said.stderr)?.[1];
      if (number) versions[daemon] = number;
    }
  }
  return versions;
}
