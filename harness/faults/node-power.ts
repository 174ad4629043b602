import pLimit from 'p-limit';
import { apiStatus } from '../engine/api-status.ts';
import { EnvironmentError } from '../ground/errors.ts';
import { waitUntil } from '../ground/wait.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { type Doubt, waitForEffect } from '../lab/wait-for-effect.ts';
import { waitHealthy } from '../lab/wait-healthy.ts';

const STOP_TIMEOUT_MS = 10_000;
/**
 * Of a whole host's nodes: each start keeps the engine and the kernel's locks busy, and probes, captures and the daemons
 * of the other hosts go on meanwhile.
 */
const STARTS_AT_ONCE = 2;

/** The fabric's ends of the nodes' wires. */
export function portsOf(nodes: readonly LabNode[]): string[] {
  return nodes.flatMap((node) => node.ports.map((port) => port.port));
}

/** How the fabric starts nodes by itself that were ended. */
export function restartGuard(nodes: readonly LabNode[]): GuardStep[] {
  return nodes.map(({ container_id, ports, pid }) => ({
    step: 'restart_node',
    args: { container_id, ports: [...ports], pid },
  }));
}

/** What of these nodes is still there after their power was taken. @param pids of their first processes. */
export async function stillOn(lab: Lab, nodes: readonly LabNode[], pids: readonly number[]): Promise<Doubt> {
  const survivors = await waitForEffect(async () => {
    // A namespace's first process goes last, when the kernel has reaped all others.
    const living = await lab.agent.call('alive', { pids: [...pids] });
    return living.length > 0 ? `process ${living.join(', ')} lives on` : undefined;
  });
  if (survivors) return survivors;
  // The kernel may give such a number to another process.
  for (const node of nodes) if (pids.includes(node.pid)) node.pid = 0;
  const states = await lab.agent.call('port_states', { ports: portsOf(nodes) });
  const open = Object.entries(states).filter(([, state]) => state === 'forwarding');
  return open.length > 0 ? `port ${open.map(([port]) => port).join(', ')} still forwards` : undefined;
}

/**
 * Starts nodes that have ended, a few at once, as `startAgain` does. One that cannot be started keeps no other from it.
 * @param first what to do with a node before its start.
 * @throws DeadlineError, EnvironmentError of the first that failed.
 */
export async function startAllAgain(
  lab: Lab,
  nodes: readonly LabNode[],
  old_pids: readonly number[],
  first: (node: LabNode) => Promise<void> = async () => undefined,
): Promise<void> {
  const limit = pLimit(STARTS_AT_ONCE);
  const starts = nodes.map((node) =>
    limit(async () => {
      await first(node);
      await startAgain(lab, node, old_pids);
    }),
  );
  const failed = (await Promise.allSettled(starts)).find((start) => start.status === 'rejected');
  if (failed) throw failed.reason;
}

/**
 * Starts a node that has ended, plugs it in, runs its `exec` and awaits its healthcheck. Harmless when that was done.
 * @param old_pids first processes of nodes that were ended: this one is back when it runs as another.
 * @throws DeadlineError, EnvironmentError.
 */
async function startAgain(lab: Lab, node: LabNode, old_pids: readonly number[]): Promise<void> {
  if (await isBack(lab, node, old_pids)) return;
  const container = lab.engine.docker.getContainer(node.container_id);
  await waitUntil({
    what: `the engine to notice that node '${node.name}' has stopped`,
    timeout_ms: STOP_TIMEOUT_MS,
    interval_ms: 20,
    check: async () => {
      const { State: state } = await container.inspect();
      return !state.Running || !old_pids.includes(state.Pid);
    },
  });
  await lab.startNode(node);
  await waitHealthy(lab, node);
}

/**
 * Has the engine end a node, as the lab's own act. Harmless when it has ended.
 * @param grace_s how long it may take by itself; with 0 it may be half dead.
 * @throws EnvironmentError.
 */
export async function endContainer(lab: Lab, node: LabNode, grace_s: number): Promise<void> {
  lab.acts.expect(node.container_id, 'stop');
  await lab.engine.docker
    .getContainer(node.container_id)
    .stop({ t: grace_s })
    .catch((error: unknown) => {
      lab.acts.withdraw(node.container_id, 'stop');
      if (apiStatus(error) !== 304) throw new EnvironmentError(`node '${node.name}' does not stop`);
    });
}

/** What these nodes lack to be as before: one does not run, or a port of it does not forward. */
export async function notWhole(lab: Lab, nodes: readonly LabNode[]): Promise<Doubt> {
  for (const node of nodes) {
    if (!(await lab.isRunning(node))) return `node '${node.name}' does not run`;
  }
  return waitForEffect(async () => {
    // The kernel informs a bridge of its new port's carrier when it comes to it, not when the link is raised.
    const states = await lab.agent.call('port_states', { ports: portsOf(nodes) });
    const shut = Object.entries(states).filter(([, state]) => state !== 'forwarding');
    return shut.length > 0 ? shut.map(([port, state]) => `port ${port} is ${state}`).join(', ') : undefined;
  });
}

/** Wiring it once more would take the wires from under its daemons. */
async function isBack(lab: Lab, node: LabNode, old_pids: readonly number[]): Promise<boolean> {
  if (node.pid === 0 || old_pids.includes(node.pid) || !(await lab.isRunning(node))) return false;
  const states = await lab.agent.call('port_states', { ports: portsOf([node]) });
  return Object.values(states).every((state) => state === 'forwarding');
}
