import { sleep } from '../../../ground/wait.ts';
import type { RouterFacts } from '../../../journal/trial-facts.ts';
import type { Lab } from '../../../lab/lab.ts';
import { routerTimers } from './router-timers.ts';
import { holdersOfEach, type VirtualRouter, virtualRouters } from './virtual-routers.ts';

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
  let moving = virtualRouters(lab);
  for (let moves = 0; moves < MOST_MOVES && moving.length > 0; moves += 1) {
    const watched = await Promise.all(
      moving.map(async (router): Promise<Watched> => {
        const facts = await factsOf(router);
        const { second_owner_ms, failback } = routerTimers(facts);
        return { router, owner: facts.owner, time_ms: Math.max(second_owner_ms, failback?.within_ms ?? 0) };
      }),
    );
    moving = await movedWithin(lab, watched, signal);
  }
  settled.add(lab);
}

interface Watched {
  router: VirtualRouter;
  owner: string | undefined;
  /** For how long it is watched. */
  time_ms: number;
}

/** The routers whose address another node than `owner` held before their time was up. All are watched side by side. */
async function movedWithin(
  lab: Lab,
  watched: readonly Watched[],
  signal: AbortSignal | undefined,
): Promise<VirtualRouter[]> {
  const moved = new Set<VirtualRouter>();
  const from = performance.now();
  for (;;) {
    const passed_ms = performance.now() - from;
    const left = watched.filter(({ router, time_ms }) => passed_ms < time_ms && !moved.has(router));
    if (left.length === 0) return [...moved];
    const holders = await holdersOfEach(
      lab,
      left.map(({ router }) => router),
    );
    for (const { router, owner } of left) {
      const [holder, ...more] = holders.get(router)!;
      if (holder && more.length === 0 && holder.name !== owner) moved.add(router);
    }
    await sleep(POLL_MS, signal);
  }
}
