import { waitUntil } from '../../../ground/wait.ts';
import type { Lab } from '../../../lab/lab.ts';
import { requireNodes } from '../../../lab/require-nodes.ts';
import { RefusalWatch } from './refusal-watch.ts';
import { holdersOf, virtualRouters } from './virtual-routers.ts';

/** An election among freshly started VRRP backups takes three advertisement intervals and the skew; this is ample. */
const OWNER_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/**
 * Waits until every virtual router has exactly one owner.
 * @throws DeadlineError with who held the address and what the daemons said last; EnvironmentError when a node of the
 *   lab does not run.
 */
export async function proveOneOwner(lab: Lab, signal?: AbortSignal): Promise<void> {
  await requireNodes(lab);
  for (const router of virtualRouters(lab)) {
    let holders: string[] = [];
    const refusals = new RefusalWatch(lab, router.members);
    await waitUntil({
      what: `exactly one of ${router.members.map((node) => node.name).join(', ')} to hold ${router.vip} (virtual router '${router.name}')`,
      timeout_ms: OWNER_TIMEOUT_MS,
      interval_ms: POLL_MS,
      signal,
      check: async () => {
        holders = (await holdersOf(lab, router)).map((node) => node.name);
        if (holders.length === 0) await refusals.look();
        return holders.length === 1;
      },
      lastSeen: () => (holders.length === 0 ? 'no node held it' : `${holders.join(' and ')} held it`),
      log: async () => {
        const logs = await Promise.all(router.members.map((node) => lab.log(node.name, 8)));
        return router.members.map((node, at) => `${node.name}:\n${logs[at]}`).join('\n');
      },
    });
  }
}
