import { HadrillError } from '../../../ground/errors.ts';
import type { ConntrackHandover } from '../../../journal/trial-facts.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { type ConnectionEntry, parseConnectionEntries } from '../findings/connection-entries.ts';
import { handoverOf, lastingSessions } from '../findings/handover.ts';
import type { RouterBefore } from './router-watch.ts';
import { holdersOf } from './virtual-routers.ts';

const TIMEOUT_S = 15;
const CALL_MARGIN_MS = 5000;
/** Some 40,000 connections. */
const MOST_MIB = 8;
/** A look costs a program in each master. */
const MOST_ROUTERS = 8;

/** What the kernels of masters have: right before the fault, and of their successors before healing. */
export class HandoverWatch {
  readonly #lab: Lab;
  readonly #before = new Map<RouterBefore, ConnectionEntry[]>();

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** Looks at the tables of the masters. What cannot be read is left out: it is not what is measured. */
  async lookBefore(routers: readonly RouterBefore[]): Promise<void> {
    if (routers.length > MOST_ROUTERS) return;
    await Promise.all(
      routers.map(async (one) => {
        const table = one.owner && (await this.#tableOf(one.owner, one.router.vip));
        if (table) this.#before.set(one, lastingSessions(table));
      }),
    );
  }

  /** Looks at the tables of the masters that others have become. */
  async lookNow(): Promise<ConntrackHandover[]> {
    const found = await Promise.all(
      [...this.#before].map(async ([{ router, owner }, before]) => {
        const [holder, other] = await holdersOf(this.#lab, router);
        if (!holder || other || holder === owner) return [];
        const table = await this.#tableOf(holder, router.vip);
        const of = { router: router.name, from: owner!.name, to: holder.name };
        return table ? [{ ...of, ...handoverOf(before, table) }] : [];
      }),
    );
    return found.flat();
  }

  async #tableOf({ container_id, pid }: LabNode, address: string): Promise<ConnectionEntry[] | undefined> {
    const { agent } = this.#lab;
    try {
      if (!(await agent.call('has_program', { pid, name: 'conntrack' }))) return undefined;
      const argv = ['conntrack', '-L', '-f', address.includes(':') ? 'ipv6' : 'ipv4'];
      const args = { container_id, argv, timeout_s: TIMEOUT_S, most_mib: MOST_MIB };
      const { status, stdout } = await agent.call('run_in_node', args, TIMEOUT_S * 1000 + CALL_MARGIN_MS);
      return status === 0 ? parseConnectionEntries(stdout) : undefined;
    } catch (error) {
      if (error instanceof HadrillError) return undefined;
      throw error;
    }
  }
}
