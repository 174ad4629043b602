import { EnvironmentError, UnknownError } from '../ground/errors.ts';
import { sleep, waitUntil } from '../ground/wait.ts';
import type { Lab } from '../lab/lab.ts';
import type { RunningProbe } from '../probes/probe.ts';
import { RefusalWatch } from '../systems/vrrp/live/refusal-watch.ts';
import { holdersOf, virtualRouters } from '../systems/vrrp/live/virtual-routers.ts';

/** An election among freshly started VRRP backups takes three advertisement intervals and the skew; this is ample. */
const OWNER_TIMEOUT_MS = 60_000;
const PROBE_TIMEOUT_MS = 20_000;
const POLL_MS = 50;

/**
 * Waits until every node runs and every virtual router has exactly one owner.
 * @throws DeadlineError telling who held the address and what the daemons said last.
 */
export async function proveOneOwner(lab: Lab, signal?: AbortSignal): Promise<void> {
  for (const node of lab.nodes) {
    if (!(await lab.isRunning(node))) {
      throw new EnvironmentError(
        `node '${node.name}' does not run\nits last log lines:\n${await lab.log(node.name)}`,
      );
    }
  }
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

/**
 * Waits until every probe is green, then watches them for `hold_ms`.
 * @throws DeadlineError naming the probe and what is wrong with it.
 */
export async function proveGreen(
  probes: readonly RunningProbe[],
  hold_ms: number,
  signal?: AbortSignal,
): Promise<void> {
  for (const probe of probes) {
    let trouble: string | undefined;
    await waitUntil({
      what: `probe '${probe.name}' to find the service as it should be`,
      timeout_ms: PROBE_TIMEOUT_MS,
      interval_ms: POLL_MS,
      signal,
      check: async () => {
        trouble = await probe.trouble();
        return trouble === undefined;
      },
      lastSeen: () => trouble,
    });
  }
  await sleep(hold_ms, signal);
  for (const probe of probes) {
    const trouble = await probe.trouble();
    if (trouble)
      throw new UnknownError(
        `probe '${probe.name}' found the service disturbed before the fault: ${trouble}`,
      );
  }
}
