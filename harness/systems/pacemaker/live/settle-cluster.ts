import { waitUntil } from '../../../ground/wait.ts';
import type { Lab } from '../../../lab/lab.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import { clusterState, clusterTroubles } from './cluster-view.ts';
import type { Cluster } from './clusters.ts';

/** Every look is a program on every member. */
const POLL_MS = 400;
/** With Pacemaker's own defaults a new cluster takes some 25 s to its first resource; a rejoining node less. */
const SETTLE_TIMEOUT_MS = 90_000;
const LOG_LINES = 8;

/**
 * Waits until a cluster is as it should be: every member online, every resource running, no failure on record.
 * @throws DeadlineError telling what was not, and what the members logged last.
 */
export async function settleCluster(lab: Lab, cluster: Cluster, signal?: AbortSignal): Promise<void> {
  let wrong: string[] = [];
  await waitUntil({
    what: `cluster '${cluster.name}' to be clean (${cluster.members.map(({ name }) => name).join(', ')})`,
    timeout_ms: SETTLE_TIMEOUT_MS,
    interval_ms: POLL_MS,
    signal,
    check: async () => {
      wrong = await clusterTroubles(lab, cluster);
      return wrong.length === 0;
    },
    lastSeen: () => wrong.join('; '),
    log: async () => {
      const logs = await Promise.all(cluster.members.map(({ name }) => lab.log(name, LOG_LINES)));
      return cluster.members.map(({ name }, at) => `${name}:\n${logs[at]}`).join('\n');
    },
  });
}

/** Has the cluster forget every failure, as an administrator does after a repair (crm_resource(8), --cleanup). */
export async function forgetFailures(lab: Lab, cluster: Cluster): Promise<void> {
  const view = await clusterState(lab, cluster);
  if (!view) return;
  const { failures, fail_counts } = view.state;
  if (failures.length + fail_counts.length > 0)
    await runInNode(lab, view.node, ['crm_resource', '--cleanup']);
}
