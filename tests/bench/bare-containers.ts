import type Docker from 'dockerode';
import type { Engine } from '../../harness/engine/connect.ts';

/**
 * The containers of a lab that is up, as the engine would be asked for them again: same images, same options,
 * other names. Their daemons wait for wires that never come, so all of them live until they are removed.
 */
export async function optionsOf(
  engine: Engine,
  lab: string,
  as: string,
): Promise<Docker.ContainerCreateOptions[]> {
  const containers = await engine.docker.listContainers({ filters: { label: [`hadrill.lab=${lab}`] } });
  return Promise.all(
    containers.map(async ({ Id: id }) => {
      const inspected = await engine.docker.getContainer(id).inspect();
      const { Config: config, HostConfig: host, Name: name } = inspected;
      return {
        ...config,
        name: `${as}-${name.replace(/^\//, '')}`,
        Labels: { ...config.Labels, 'hadrill.lab': as, 'hadrill.run': as },
        HostConfig: host,
      };
    }),
  );
}
