import { type LabTime, msFromNs } from '../../../ground/time.ts';
import { sleep } from '../../../ground/wait.ts';
import type { Lab } from '../../../lab/lab.ts';
import { labNow } from '../../../lab/now.ts';
import { type RouterTimers, routerTimers } from './router-timers.ts';
import type { RouterBefore } from './router-watch.ts';
import { holdersOf, type VirtualRouter } from './virtual-routers.ts';

const POLL_MS = 50;
/** After the address has moved: until adverts, ARP and probes show what that did. */
const AFTER_MOVE_MS = 2000;
/** From a node's return to its daemon's start. */
const BOOT_MS = 1000;

/** A virtual router whose address nobody may take from its owner now. */
interface Kept {
  router: VirtualRouter;
  owner: string;
}

/** What happens to the virtual routers after healing. */
export class RouterReturn {
  /** What was due and did not happen: one sentence each. */
  readonly notes: string[] = [];
  readonly #lab: Lab;
  readonly #healed_ns: LabTime;
  readonly #kept: Kept[] = [];

  /** @param healed_ns when healing was seen done. */
  constructor(lab: Lab, healed_ns: LabTime) {
    this.#lab = lab;
    this.#healed_ns = healed_ns;
  }

  /** How long ago that was, in ms. */
  async passed_ms(): Promise<number> {
    return msFromNs((await labNow(this.#lab)) - this.#healed_ns);
  }

  /**
   * Waits until every fail-back that is due has happened, or its time is up.
   * @returns for how long after healing must be watched at least, in ms.
   */
  async awaitFailbacks(before: readonly RouterBefore[], signal?: AbortSignal): Promise<number> {
    let least_ms = 0;
    for (const { router, facts } of before) {
      const holders = await this.#holders(router);
      const { second_owner_ms, failback, known } = routerTimers(facts, holders[0]);
      // A member that came back and hears no other takes itself for master after its own start and its wait.
      least_ms = Math.max(least_ms, second_owner_ms + BOOT_MS);
      if (failback) least_ms = Math.max(least_ms, await this.#awaitFailback(router, failback, signal));
      else if (known && holders.length === 1) this.#kept.push({ router, owner: holders[0]! });
    }
    return least_ms;
  }

  /** Who took an address from a node that is not to be preempted: one sentence each. */
  async preempted(): Promise<string[]> {
    const sentences: string[] = [];
    for (const { router, owner } of this.#kept) {
      const now = await this.#holders(router);
      if (now.length !== 1 || now[0] === owner) continue;
      sentences.push(
        `${now[0]} took ${router.vip} from ${owner} after healing, though it does not preempt ${owner}: ` +
          `it may not hear its advertisements`,
      );
    }
    return sentences;
  }

  /** @returns until when after healing what it does is to be watched, in ms; 0 when it did not happen. */
  async #awaitFailback(
    router: VirtualRouter,
    { node, within_ms, sure }: NonNullable<RouterTimers['failback']>,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    for (;;) {
      const now = await this.#holders(router);
      const at_ms = await this.passed_ms();
      if (now.length === 1 && now[0] === node) return at_ms + AFTER_MOVE_MS;
      if (at_ms > within_ms) {
        if (sure)
          this.notes.push(
            `${node} has the higher priority and preempts, but did not take ${router.vip} back within ` +
              `${(within_ms / 1000).toFixed(1)} s after healing`,
          );
        return 0;
      }
      await sleep(POLL_MS, signal);
    }
  }

  async #holders(router: VirtualRouter): Promise<string[]> {
    return (await holdersOf(this.#lab, router)).map(({ name }) => name);
  }
}
