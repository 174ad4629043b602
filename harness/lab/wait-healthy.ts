import type Docker from 'dockerode';
import { runHealthcheck } from '../engine/run-healthcheck.ts';
import { waitUntil } from '../ground/wait.ts';
import type { Lab, LabNode } from './lab.ts';
import { nodeStopped } from './node-stopped.ts';

const POLL_MS = 100;

/**
 * Waits until the engine calls the node healthy, by the topology's `healthcheck`.
 * @throws DeadlineError with the last answer of the check when that takes longer than the check's own settings allow;
 *   EnvironmentError with its last log lines when the node has ended.
 */
export async function waitHealthy(lab: Lab, node: LabNode, signal?: AbortSignal): Promise<void> {
  const check = node.spec.healthcheck;
  if (!check) return;
  const container = lab.engine.docker.getContainer(node.container_id);
  let health: Docker.ContainerInspectInfo['State']['Health'];
  await waitUntil({
    what: `node '${node.name}' to be healthy`,
    timeout_ms: check.start_period_ms + (check.retries + 1) * (check.interval_ms + check.timeout_ms),
    interval_ms: POLL_MS,
    signal,
    check: async () => {
      const { State: state } = await container.inspect();
      if (!state.Running) throw await nodeStopped(lab.engine, node, 'before it was healthy');
      health = state.Health;
      if (health?.Status === 'healthy') return true;
      await runHealthcheck(lab.engine, container, check, health?.Log?.at(-1)?.Start);
      return false;
    },
    lastSeen: () =>
      health?.Log?.length
        ? `${health.Status}: ${health.Log.at(-1)?.Output?.trim() ?? ''}`
        : 'no answer of the healthcheck yet',
    log: () => lab.log(node.name),
  });
}
