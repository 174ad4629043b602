import { sleep } from '../ground/wait.ts';
import type { ClusterWatch } from '../systems/pacemaker/live/cluster-watch.ts';
import { type RouterBefore, waitForPhase } from '../systems/vrrp/live/router-watch.ts';
import type { TrialContext } from './trial-context.ts';

/**
 * Waits for the moment of the fault, which the seed sets: a share of the pause between two advertisements, or where
 * nobody advertises between two monitors of a cluster.
 * @returns how long that took, in ms.
 */
export async function waitForFaultMoment(
  { lab, random, signal }: TrialContext,
  before: readonly RouterBefore[],
  clusters: readonly ClusterWatch[],
): Promise<number> {
  const share = random.unit();
  const paused_ms = await waitForPhase(lab, before, share, signal);
  const rest_ms = share * Math.max(0, ...clusters.map(({ monitor_ms }) => monitor_ms));
  if (paused_ms > 0 || rest_ms === 0) return paused_ms;
  await sleep(rest_ms, signal);
  return rest_ms;
}
