import type { LabTime } from '../../../ground/time.ts';
import { sleep } from '../../../ground/wait.ts';
import type { Lab } from '../../../lab/lab.ts';
import { labNow } from '../../../lab/now.ts';
import { virtualRouters } from '../../vrrp/live/virtual-routers.ts';
import { hasStandbys } from './standbys.ts';

/** A look costs two programs in each node of a router; only those that lost a replica are looked at. */
const POLL_MS = 200;

/** Looks for when routers that lost a replica have their standbys in place again. */
export class StandbyWatch {
  /** When each was first seen so. */
  readonly restored: { at_ns: LabTime; router: string }[] = [];
  readonly #lab: Lab;
  readonly #awaited = new Set<string>();
  readonly #ending = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** Routers that have no standbys yet. */
  get awaited(): ReadonlySet<string> {
    return this.#awaited;
  }

  /** Looks at a router from now on. */
  expect(router: string): void {
    this.#awaited.add(router);
  }

  /** @param lost routers that lost a replica: asked before every look, each counts once. */
  start(lost: () => readonly string[]): void {
    const known = new Set<string>();
    this.#work = this.#run(() => {
      for (const router of lost()) {
        if (!known.has(router)) this.expect(router);
        known.add(router);
      }
    });
    // `stop` reports it.
    this.#work.catch(() => undefined);
  }

  /** Ends after the look that is being made now. Harmless twice. @throws whatever went wrong since the start. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#work.finally(() => {
      this.#work = Promise.resolve();
    });
  }

  async #run(ask: () => void): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      ask();
      for (const router of virtualRouters(this.#lab)) {
        if (!this.#awaited.has(router.name) || !(await hasStandbys(this.#lab, router))) continue;
        this.#awaited.delete(router.name);
        this.restored.push({ at_ns: await labNow(this.#lab), router: router.name });
      }
      await sleep(POLL_MS, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }
}
