import { messageOf } from '../ground/errors.ts';
import type { Lab } from './lab.ts';

/**
 * Why a lab is not as it was built: a node does not run, runs as another process than it was wired as, is paused, or
 * a port of it does not forward. Undefined when it is whole.
 */
export async function whyNotWhole(lab: Lab): Promise<string | undefined> {
  try {
    for (const node of lab.nodes) {
      const { State: state } = await lab.engine.docker.getContainer(node.container_id).inspect();
      if (!state.Running) return `node '${node.name}' does not run`;
      if (state.Paused) return `node '${node.name}' is paused`;
      if (state.Pid !== node.pid) return `node '${node.name}' was restarted from outside`;
    }
    const ports = lab.nodes.flatMap((node) => node.ports.map((port) => port.port));
    const states = await lab.agent.call('port_states', { ports });
    const shut = Object.entries(states).find(([, state]) => state !== 'forwarding');
    return shut ? `port ${shut[0]} is ${shut[1]}` : undefined;
  } catch (error) {
    return messageOf(error);
  }
}
