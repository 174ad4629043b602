import type { LabTime } from '../../../ground/time.ts';
import { addFailures, addNotes } from '../../../journal/trial-words.ts';
import type { LabNode } from '../../../lab/lab.ts';
import type { Moment, SystemWatch, WatchedAddress, WatchedTrial } from '../../system-watch.ts';
import { askLeftOut } from './ask-left-out.ts';
import { HandoverWatch } from './handover-watch.ts';
import { hearMasters } from './hear-masters.ts';
import { proveOneOwner } from './prove-one-owner.ts';
import { RouterReturn } from './router-return.ts';
import { markSettled, settleRouters, unsettle } from './router-settle.ts';
import { routerTimers } from './router-timers.ts';
import { lookAtRouter, type RouterBefore, waitForPhase } from './router-watch.ts';
import { holdersOf, namedRouters, virtualRouters } from './virtual-routers.ts';
import { haveWantedOwners } from './wanted-owners.ts';

/** The virtual routers of a lab in a trial. */
export class VrrpWatch implements SystemWatch {
  readonly #trial: WatchedTrial;
  #before: readonly RouterBefore[] = [];
  #return: RouterReturn | undefined;
  readonly #handovers: HandoverWatch;

  constructor(trial: WatchedTrial) {
    this.#trial = trial;
    this.#handovers = new HandoverWatch(trial.lab);
  }

  /** undefined where the lab has no virtual router. */
  static of(trial: WatchedTrial): VrrpWatch | undefined {
    return namedRouters(trial.lab).length > 0 ? new VrrpWatch(trial) : undefined;
  }

  /** Every virtual router has one owner, the wanted one where one is, and its members have had their time to take it for gone. */
  async settle(signal?: AbortSignal): Promise<void> {
    const { lab } = this.#trial;
    await proveOneOwner(lab, signal);
    await haveWantedOwners(lab, signal);
    await settleRouters(lab, async (router) => (await lookAtRouter(lab, router)).facts, signal);
    await proveOneOwner(lab, signal);
  }

  /** Who says on the wire to be a master. */
  explain(): Promise<string[]> {
    return hearMasters(this.#trial.lab);
  }

  async start(): Promise<void> {
    const { lab, facts } = this.#trial;
    this.#before = await Promise.all(virtualRouters(lab).map((router) => lookAtRouter(lab, router)));
    facts.routers = this.#before.map((one) => one.facts);
    addNotes(facts, ...(await askLeftOut(lab, facts.routers)));
  }

  addresses(): readonly WatchedAddress[] {
    return this.#before.map(({ router, owner }) => ({
      name: router.name,
      what: `virtual router '${router.name}'`,
      address: router.vip,
      owner,
      holders: (): Promise<LabNode[]> => holdersOf(this.#trial.lab, router),
      isGone: () => virtualRouters(this.#trial.lab).every(({ name }) => name !== router.name),
    }));
  }

  /** A share of the pause between two advertisements. */
  pace(share: number, signal?: AbortSignal): Promise<number> {
    return waitForPhase(this.#trial.lab, this.#before, share, signal);
  }

  /** Who hears nothing of the master takes itself for one only then. */
  may_follow_ms(): number {
    return Math.max(0, ...this.#before.map(({ facts }) => routerTimers(facts).second_owner_ms));
  }

  async heal(signal?: AbortSignal): Promise<void> {
    await proveOneOwner(this.#trial.lab, signal);
  }

  async awaitReturn(healed_ns: LabTime, signal?: AbortSignal): Promise<number> {
    this.#return = new RouterReturn(this.#trial.lab, healed_ns);
    return this.#return.awaitFailbacks(this.#before, signal);
  }

  async noteReturn(): Promise<void> {
    const { facts } = this.#trial;
    const { notes = [] } = this.#return ?? {};
    addNotes(facts, ...notes);
    addFailures(facts, ...((await this.#return?.preempted()) ?? []));
    const rejoin_ms = (await this.#return?.passed_ms()) ?? 0;
    facts.watched = { second_owner_ms: this.may_follow_ms(), rejoin_ms };
  }

  async look(when: Moment): Promise<void> {
    const { lab, facts } = this.#trial;
    const { fault } = facts;
    if (when === 'before') await this.#handovers.lookBefore(this.#before);
    if (when === 'during') {
      const handovers = await this.#handovers.lookNow();
      if (handovers.length > 0) facts.conntrack_handovers = handovers;
    }
    if (when === 'after' && fault)
      facts.conntrack_fillings = await lab.agent.call('conntrack_fillings', { since_ns: fault.after_ns });
  }

  /** The watching after a trial's healing serves the next trial. */
  async end(whole: boolean): Promise<void> {
    if (whole) markSettled(this.#trial.lab);
    else unsettle(this.#trial.lab);
  }
}
