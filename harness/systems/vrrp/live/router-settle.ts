import { sleep } from '../../../ground/wait.ts';
import type { RouterFacts } from '../../../journal/trial-facts.ts';
import type { Lab } from '../../../lab/lab.ts';
import { routerTimers } from './router-timers.ts';
import { holdersOf, type VirtualRouter, virtualRouters } from './virtual-routers.ts';

const POLL_MS = 50;
/** More moves than this before the fault are a quarrel. */
const MOST_MOVES = 3;

/** Labs whose virtual routers were watched for long enough since their nodes started. */
const settled = new WeakSet<Lab>();

/** The lab was left in a state that has not been watched: the next trial watches again. */
export function unsettle(lab: Lab): void {
  settled.delete(lab);
}

export function markSettled(lab: Lab): void {
  settled.add(lab);
}

/**
 * Before a fault every member has heard the master or had its time to become one: waits for as long as their timers
 * ask, and for a member of higher priority to take over. Once for each lab; the watching after a trial's healing serves
 * the next trial.
 */
export async function settleRouters(
  lab: Lab,
  factsOf: (router: VirtualRouter) => Promise<RouterFacts>,
  signal?: AbortSignal,
): Promise<void> {
  if (settled.has(lab)) return;
  for (const router of virtualRouters(lab)) {
    for (let moves = 0; moves < MOST_MOVES; moves += 1) {
      const facts = await factsOf(router);
      const { second_owner_ms, failback } = routerTimers(facts);
      if (
        !(await movesWithin(
          lab,
          router,
          facts.owner,
          Math.max(second_owner_ms, failback?.within_ms ?? 0),
          signal,
        ))
      )
        break;
    }
  }
  settled.add(lab);
}

/** Whether others than `owner` hold the address before the time is up. */
async function movesWithin(
  lab: Lab,
  router: VirtualRouter,
  owner: string | undefined,
  time_ms: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const deadline = performance.now() + time_ms;
  while (performance.now() < deadline) {
    const names = (await holdersOf(lab, router)).map(({ name }) => name);
    if (names.length === 1 && names[0] !== owner) return true;
    await sleep(POLL_MS, signal);
  }
  return false;
}
