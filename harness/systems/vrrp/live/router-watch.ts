import { msFromNs } from '../../../ground/time.ts';
import { sleep } from '../../../ground/wait.ts';
import type { RouterFacts } from '../../../journal/trial-facts.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { labNow } from '../../../lab/now.ts';
import { memberInstances } from '../findings/router-instances.ts';
import { memberFacts } from './member-facts.ts';
import { routerTimers } from './router-timers.ts';
import { holdersOf, type VirtualRouter } from './virtual-routers.ts';

/** One comes every interval; of more there is no master. */
const MOST_ADVERTS_WAITED = 3;

/** A virtual router before the fault. */
export interface RouterBefore {
  router: VirtualRouter;
  owner: LabNode | undefined;
  facts: RouterFacts;
}

/** Looks at a virtual router before the fault, and has the agent watch what its members will do. */
export async function lookAtRouter(lab: Lab, router: VirtualRouter): Promise<RouterBefore> {
  for (const node of router.members) {
    await lab.agent.call('watch_conntrack', { node: node.name, pid: node.pid });
  }
  const members = await memberFacts(lab, router);
  const owner = (await holdersOf(lab, router))[0];
  const { name, vrid, vip } = router;
  return { router, owner, facts: { name, vrid, vip, members, ...(owner ? { owner: owner.name } : {}) } };
}

/** The advertisement interval that the owner keeps, in ms; 0 when it is not known. */
function advertMs({ facts }: RouterBefore): number {
  return routerTimers(facts).advert_ms;
}

/** Where the owner's adverts enter the fabric, and in which family; undefined where that is not known. */
function advertsAt({ owner, facts }: RouterBefore): { port?: string; family?: 4 | 6 } {
  const instance = memberInstances(facts).find(({ node }) => node === owner?.name)?.instance;
  if (!instance) return {};
  const port = owner?.ports.find((one) => one.interface === instance.interface)?.port;
  return { family: instance.family, ...(port === undefined ? {} : { port }) };
}

/** What a fault needs from the decision to the system call: it is not aimed at an earlier moment. */
const LEAD_MS = 10;

/**
 * Waits for the moment at which the fault is due: `share` (0 to 1) of an advertisement interval after an
 * advertisement, so that a seed always gives the same phase. Of several routers the slowest one sets the pace.
 * @returns how long that took, in ms; 0 where there is no virtual router, or none that advertises.
 */
export async function waitForPhase(
  lab: Lab,
  routers: readonly RouterBefore[],
  share: number,
  signal?: AbortSignal,
): Promise<number> {
  const slowest = routers.toSorted((a, b) => advertMs(b) - advertMs(a))[0];
  const interval_ms = slowest ? advertMs(slowest) : 0;
  if (!slowest || interval_ms === 0) return 0;
  const from = performance.now();
  const phase_ms = share * interval_ms;
  const timeout_s = (MOST_ADVERTS_WAITED * interval_ms) / 1000;
  const advert_ns = await lab.agent.call('next_advert', {
    vrid: slowest.facts.vrid,
    timeout_s,
    ...advertsAt(slowest),
  });
  const passed_ms = advert_ns === null ? 0 : msFromNs((await labNow(lab)) - advert_ns);
  const intervals = Math.max(0, Math.ceil((passed_ms + LEAD_MS - phase_ms) / interval_ms));
  await sleep(phase_ms + intervals * interval_ms - passed_ms, signal);
  return performance.now() - from;
}
