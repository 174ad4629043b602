import type { Audit } from './audit.ts';

/** Every node of the topology runs and its ports forward: nothing stayed broken. */
export const nodesRunning: Audit = {
  name: 'nodes-running',
  run: async ({ lab }) => {
    const problems: string[] = [];
    for (const node of lab.nodes)
      if (!(await lab.isRunning(node))) problems.push(`${node.name} does not run`);
    const ports = lab.nodes.flatMap((node) => node.ports.map((port) => port.port));
    const states = await lab.agent.call('port_states', { ports });
    for (const [port, state] of Object.entries(states)) {
      if (state !== 'forwarding') problems.push(`port ${port} is ${state}`);
    }
    const detail =
      problems.length > 0
        ? problems.join(', ')
        : `${lab.nodes.length} nodes run, ${ports.length} ports forward`;
    return [{ name: 'nodes-running', verdict: problems.length > 0 ? 'fail' : 'pass', detail }];
  },
};
