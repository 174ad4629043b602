import { sleep } from '../../../ground/wait.ts';
import type { Lab } from '../../../lab/lab.ts';
import type { LoadedClusters } from '../../pacemaker/config/load-clusters.ts';
import { askDaemons } from '../../pacemaker/live/ask-daemons.ts';
import { requireAgents } from '../../pacemaker/live/require-agents.ts';
import { RefusalWatch } from './refusal-watch.ts';
import { requireKeepalived, type VirtualRouter, virtualRouters } from './virtual-routers.ts';

/** Long enough for two looks at a keepalived that does not run. */
const REFUSAL_MS = 7000;
const POLL_MS = 250;

/**
 * Asks the daemons of a lab that has just been built what they think of their configuration, by their own checks in the
 * nodes (corosync -t, crm_simulate, haproxy -c), and looks whether the images have what the topology asks for.
 * @throws InputError in the daemon's own words; EnvironmentError when an image lacks a daemon or an agent; DeadlineError
 *   when a node does not render its templates.
 */
export async function checkDaemons(lab: Lab, clusters: LoadedClusters, signal?: AbortSignal): Promise<void> {
  for (const router of virtualRouters(lab)) await requireKeepalived(lab, router);
  await askDaemons(lab, clusters, signal);
  for (const cluster of clusters.clusters) await requireAgents(lab, cluster);
}

/**
 * Asks keepalived -t wherever keepalived does not run, for a lab that is left as it is; a run asks while it waits for
 * its steady state. A keepalived that does not run and refuses nothing is left to who uses the lab.
 * @throws InputError in keepalived's own words.
 */
export async function checkKeepalived(lab: Lab, signal?: AbortSignal): Promise<void> {
  await Promise.all(virtualRouters(lab).map((router) => refusesNothing(lab, router, signal)));
}

/** Until every member's keepalived runs, or one of them has refused its file, or the time is up. */
async function refusesNothing(
  lab: Lab,
  { members }: VirtualRouter,
  signal: AbortSignal | undefined,
): Promise<void> {
  const refusals = new RefusalWatch(lab, members);
  const deadline = performance.now() + REFUSAL_MS;
  while (performance.now() < deadline) {
    const running = await Promise.all(
      members.map(({ container_id }) => lab.agent.call('running_keepalived', { container_id })),
    );
    if (running.every((daemons) => daemons.length > 0)) return;
    await refusals.look();
    await sleep(POLL_MS, signal);
  }
}
