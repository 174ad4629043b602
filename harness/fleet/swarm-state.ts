import type { EnvironmentError } from '../ground/errors.ts';
import type { SwarmInfo } from './swarm-shapes.ts';

/**
 * Why an engine cannot be asked to run a fleet, and what to do; undefined when it can.
 * @param url what was connected to, for people.
 */
export function noManager(
  swarm: SwarmInfo | undefined,
  url: string,
): { message: string; remedy: NonNullable<EnvironmentError['remedy']> } | undefined {
  const engine = `the engine at ${url}`;
  switch (swarm?.LocalNodeState ?? 'inactive') {
    case 'active':
      break;
    case 'locked':
      return {
        message: `the swarm of ${engine} is locked: it was started again and awaits its key`,
        remedy: 'unlock it with `docker swarm unlock`, then repeat',
      };
    case 'inactive':
      return {
        message: `${engine} is in no swarm`,
        remedy:
          'name a manager of the swarm by DOCKER_HOST or DOCKER_CONTEXT; `docker swarm init` makes a swarm. ' +
          'Without one, `hadrill run --engines` uses several engines',
      };
    default:
      return {
        message: `the swarm of ${engine} is not ready: ${swarm?.LocalNodeState}${swarm?.Error ? `: ${swarm.Error}` : ''}`,
        remedy: 'see `docker info` and `docker node ls` there',
      };
  }
  if (swarm?.ControlAvailable) return undefined;
  const managers = (swarm?.RemoteManagers ?? []).map(({ Addr: address }) => address);
  const known = managers.length > 0 ? `: the managers that it knows are ${managers.join(', ')}` : '';
  return {
    message: `${engine} is a worker of its swarm, and only a manager can be asked to run services`,
    remedy: `name a manager by DOCKER_HOST or DOCKER_CONTEXT${known}`,
  };
}
