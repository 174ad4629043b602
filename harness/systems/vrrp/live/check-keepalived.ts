import { sleep } from '../../../ground/wait.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { RefusalWatch } from './refusal-watch.ts';
import { participants, virtualRouters } from './virtual-routers.ts';

/** Long enough for two looks at a keepalived that does not run. */
const REFUSAL_MS = 7000;
const POLL_MS = 250;

/**
 * Asks keepalived -t wherever keepalived does not run, for a lab that is left as it is; a run asks while it waits for
 * its steady state. A keepalived that does not run and refuses nothing is left to who uses the lab.
 * @throws InputError in keepalived's own words.
 */
export async function checkKeepalived(lab: Lab, signal?: AbortSignal): Promise<void> {
  await Promise.all(
    virtualRouters(lab).map((router) => refusesNothing(lab, participants(lab, router), signal)),
  );
}

/** Until every member's keepalived runs, or one of them has refused its file, or the time is up. */
async function refusesNothing(
  lab: Lab,
  members: readonly LabNode[],
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
