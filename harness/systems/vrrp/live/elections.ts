import { waitUntil } from '../../../ground/wait.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { endDaemon, startDaemon } from './router-daemons.ts';
import { holdersOf, namedRouters, type VirtualRouter } from './virtual-routers.ts';

/** A first election takes three advertisement intervals and the skew; this is ample, of Neutron's 2 s as well. */
const ACTIVE_TIMEOUT_MS = 30_000;
/** More often another replica need not step down until the right one is active. */
const MOST_STEPS = 3;

/** A router of a lab, whether or not it was created. */
export function routerNamed(lab: Lab, name: string): VirtualRouter {
  return namedRouters(lab).find((one) => one.name === name)!;
}

/** Waits until a node alone holds a router's address. @throws DeadlineError with the last lines of every member's log. */
export function untilActive(lab: Lab, router: string, node: string, signal?: AbortSignal): Promise<void> {
  return until(lab, router, { who: node, signal }, async () => {
    const holders = await holdersOf(lab, routerNamed(lab, router));
    return holders.length === 1 && holders[0]?.name === node;
  });
}

/**
 * Has a node be active: any other one steps down, as in a graceful stop. Does nothing where not one node alone holds the
 * address.
 * @param others how many more places run the router, beside these.
 */
export async function haveActive(
  lab: Lab,
  router: string,
  wanted: string,
  others: (but: readonly string[]) => number,
  signal?: AbortSignal,
): Promise<void> {
  const of = routerNamed(lab, router);
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const holders = await holdersOf(lab, of);
    const [holder] = holders;
    if (holders.length !== 1 || !holder || holder.name === wanted) return;
    const left = async () => !(await holdersOf(lab, of)).includes(holder);
    await stepDown(lab, holder, () =>
      // Of more than two replicas another one may be next.
      others([wanted, holder.name]) === 0
        ? untilActive(lab, router, wanted, signal)
        : until(lab, router, { who: 'another', signal }, left),
    );
  }
}

/** Has the owner give its address to another, as a graceful stop does, and be a standby again. */
async function stepDown(lab: Lab, node: LabNode, whenGone: () => Promise<unknown>): Promise<void> {
  await endDaemon(lab, node, 'keepalived');
  try {
    await whenGone();
  } finally {
    await startDaemon(lab, node, 'keepalived');
  }
}

async function until(
  lab: Lab,
  router: string,
  { who, signal }: { who: string; signal: AbortSignal | undefined },
  check: () => Promise<boolean>,
): Promise<void> {
  const { vip, members } = routerNamed(lab, router);
  await waitUntil({
    what: `${who} to hold ${vip} (virtual router '${router}')`,
    timeout_ms: ACTIVE_TIMEOUT_MS,
    signal,
    check,
    log: async () => {
      const logs = await Promise.all(members.map(({ name }) => lab.log(name, 8)));
      return members.map(({ name }: LabNode, at: number) => `${name}:\n${logs[at]}`).join('\n');
    },
  });
}
