import type { LabTime } from '../../../ground/time.ts';
import { msFromNs } from '../../../ground/time.ts';
import { sleep } from '../../../ground/wait.ts';
import type { RouterFacts } from '../../../journal/trial-facts.ts';
import type { Lab } from '../../../lab/lab.ts';
import { labNow } from '../../../lab/now.ts';
import { readKeepalived } from './read-keepalived.ts';
import { routerTimers } from './router-timers.ts';
import { holdersOf, type VirtualRouter, virtualRouters } from './virtual-routers.ts';

const POLL_MS = 50;
/** After the address has moved: until adverts, ARP and probes show what that did. */
const AFTER_MOVE_MS = 2000;
/** From a node's return to its daemon's start. */
const BOOT_MS = 1000;
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

/**
 * Watches the routers after healing for at least `hold_ms`, and until every fail-back that is due has happened and was
 * watched, or its time is up.
 * @param healed_ns when healing was seen done.
 * @param nearEnd what is to be begun shortly before the end, and how long before, in ms.
 * @returns what was left undone, one sentence each, and for how long was watched, in ms.
 */
export async function watchReturn(
  lab: Lab,
  before: readonly { router: VirtualRouter; facts: RouterFacts }[],
  healed_ns: LabTime,
  hold_ms: number,
  nearEnd: { ahead_ms: number; begin: () => void },
  signal?: AbortSignal,
): Promise<{ notes: string[]; failures: string[]; watched_ms: number }> {
  const notes: string[] = [];
  /** Routers whose address nobody may take from its owner now. */
  const kept: { router: VirtualRouter; owner: string }[] = [];
  const passed_ms = async () => msFromNs((await labNow(lab)) - healed_ns);
  let least_ms = (await passed_ms()) + hold_ms;
  for (const { router, facts } of before) {
    const holders = (await holdersOf(lab, router)).map(({ name }) => name);
    const { second_owner_ms, failback, known } = routerTimers(facts, holders[0]);
    // Whoever came back and hears nobody takes itself for master after its own start and its wait.
    least_ms = Math.max(least_ms, second_owner_ms + BOOT_MS);
    if (!failback) {
      if (known && holders.length === 1) kept.push({ router, owner: holders[0]! });
      continue;
    }
    for (;;) {
      const now = (await holdersOf(lab, router)).map(({ name }) => name);
      const at_ms = await passed_ms();
      if (now.length === 1 && now[0] === failback.node) {
        least_ms = Math.max(least_ms, at_ms + AFTER_MOVE_MS);
        break;
      }
      if (at_ms > failback.within_ms) {
        if (failback.sure)
          notes.push(
            `${failback.node} has the higher priority and preempts, but did not take ${router.vip} back within ` +
              `${(failback.within_ms / 1000).toFixed(1)} s after mending`,
          );
        break;
      }
      await sleep(POLL_MS, signal);
    }
  }
  const { ahead_ms, begin } = nearEnd;
  await sleep(Math.max(0, least_ms - ahead_ms - (await passed_ms())), signal);
  begin();
  await sleep(Math.max(0, least_ms - (await passed_ms())), signal);
  const failures: string[] = [];
  for (const { router, owner } of kept) {
    const now = (await holdersOf(lab, router)).map(({ name }) => name);
    if (now.length !== 1 || now[0] === owner) continue;
    failures.push(
      `${now[0]} took ${router.vip} from ${owner} after mending, though it does not preempt ${owner}: ` +
        `it may not hear its advertisements`,
    );
  }
  return { notes, failures, watched_ms: await passed_ms() };
}

/** How a virtual router's members were configured when this was asked. */
export async function memberFacts(lab: Lab, router: VirtualRouter): Promise<RouterFacts['members']> {
  return Promise.all(
    router.members.map(async (node) => ({
      node: node.name,
      macs: node.ports.flatMap((port) => (port.mac ? [port.mac] : [])),
      wires: node.ports.map((port) => ({ interface: port.interface, segment: port.bridge })),
      ...(await readKeepalived(lab, node)),
    })),
  );
}
