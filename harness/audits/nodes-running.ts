import { messageOf } from '../ground/errors.ts';
import type { Lab } from '../lab/lab.ts';
import type { Audit } from '../systems/audit.ts';

/** Every node of the topology runs and its ports forward: nothing stayed broken. */
export const nodesRunning: Audit = {
  name: 'nodes-running',
  summary: 'every node runs and every port forwards',
  run: async ({ lab }) => {
    const problems: string[] = [];
    for (const node of lab.nodes)
      if (!(await lab.isRunning(node))) problems.push(`${node.name} does not run`);
    const ports = lab.nodes.flatMap((node) => node.ports.map((port) => port.port));
    try {
      problems.push(...(await brokenPorts(lab, ports)));
    } catch (error) {
      // That a node does not run is a finding, whatever its ports do.
      if (problems.length === 0) throw error;
      problems.push(`the ports could not be looked at: ${messageOf(error)}`);
    }
    const detail =
      problems.length > 0
        ? problems.join(', ')
        : `${lab.nodes.length} nodes run, ${ports.length} ports forward`;
    return [{ name: 'nodes-running', verdict: problems.length > 0 ? 'fail' : 'pass', detail }];
  },
};

async function brokenPorts(lab: Lab, ports: string[]): Promise<string[]> {
  const states = await lab.agent.call('port_states', { ports });
  return Object.entries(states).flatMap(([port, state]) =>
    state === 'forwarding' ? [] : [`port ${port} is ${state}`],
  );
}
