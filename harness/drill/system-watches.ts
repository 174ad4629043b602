import { DeadlineError } from '../ground/errors.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import { requireNodes } from '../lab/require-nodes.ts';
import { liveSystems } from '../systems/live.ts';
import type { Moment, SystemWatch, WatchedAddress } from '../systems/system-watch.ts';
import type { TrialContext } from './trial-context.ts';

/** The systems under test in one trial, asked one after the other in the order of their registry. */
export class SystemWatches {
  readonly #named: readonly { name: string; watch: SystemWatch }[];
  readonly #context: Pick<TrialContext, 'lab' | 'signal'>;
  readonly #facts: TrialFacts;

  /** @param facts gets what they see. */
  constructor(context: TrialContext, facts: TrialFacts) {
    const { lab, systems, keepRecord: keep } = context;
    this.#context = context;
    this.#facts = facts;
    this.#named = liveSystems.flatMap((live) => {
      const watch = live.watch?.({ lab, files: systems.of(live.system), facts, keep });
      return watch ? [{ name: live.system.name, watch }] : [];
    });
  }

  get all(): readonly SystemWatch[] {
    return this.#named.map(({ watch }) => watch);
  }

  /** The addresses that nodes of any of them share, as they were before the first fault. */
  get addresses(): readonly WatchedAddress[] {
    return this.all.flatMap((watch) => watch.addresses?.() ?? []);
  }

  /** The longest time after the last fault in which something may still come of it, in ms. */
  get may_follow_ms(): number {
    return Math.max(0, ...this.all.map((watch) => watch.may_follow_ms?.() ?? 0));
  }

  /** What their nodes say of themselves: one sentence each. */
  async explain(): Promise<string[]> {
    const said: string[] = [];
    for (const watch of this.all) said.push(...((await watch.explain?.()) ?? []));
    return said;
  }

  async begin(): Promise<void> {
    for (const watch of this.all) await watch.begin?.(this.#context.signal);
  }

  /** Side by side. */
  async start(): Promise<void> {
    await Promise.all(this.all.map((watch) => watch.start?.()));
  }

  async look(when: Moment): Promise<void> {
    for (const watch of this.all) await watch.look?.(when);
  }

  /**
   * Waits until they are as they should be, the last first, as faults are healed; that one never gets so is a finding,
   * and the audits report it.
   */
  async heal(): Promise<void> {
    const { lab, signal } = this.#context;
    for (const watch of this.all.toReversed()) await swallowDeadline(watch.heal?.(signal));
    await requireNodes(lab);
  }

  /** Ends all of them: one promise for each. Harmless twice. @param whole as in `SystemWatch.end`. */
  end(whole: boolean): Promise<void>[] {
    return this.all.flatMap((watch) => watch.end?.(whole) ?? []);
  }

  /** Puts what they say in their own shapes into the trial's facts. */
  noteFacts(): void {
    for (const { name, watch } of this.#named)
      if (watch.facts !== undefined) this.#facts.systems = { ...this.#facts.systems, [name]: watch.facts };
  }
}

async function swallowDeadline(wait: Promise<void> | undefined): Promise<void> {
  try {
    await wait;
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
  }
}
