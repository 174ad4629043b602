import { InputError, messageOf, UnknownError } from '../ground/errors.ts';
import { type LabTime, msFromNs } from '../ground/time.ts';
import { sleep } from '../ground/wait.ts';
import type { PlannedFault } from '../journal/journal.ts';
import type { FaultFacts, TrialFacts } from '../journal/trial-facts.ts';
import { addNotes } from '../journal/trial-words.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { labNow } from '../lab/now.ts';
import type { Fault } from '../systems/fault.ts';
import type { WatchedAddress } from '../systems/system-watch.ts';
import type { DrillFault } from './drill.ts';
import { Injection, type Note } from './inject.ts';

export interface SequenceContext {
  lab: Lab;
  /** The shared addresses before the first fault. */
  addresses: readonly WatchedAddress[];
  /** Gets what was broken. */
  facts: Pick<TrialFacts, 'faults' | 'fault' | 'later_faults' | 'notes'>;
  note: Note;
  signal: AbortSignal | undefined;
  onProgress: (line: string) => void;
}

/** A fault that was applied, and who held each shared address when it was. */
interface Step {
  injection: Injection;
  facts: FaultFacts;
  owners: ReadonlyMap<WatchedAddress, LabNode | undefined>;
}

function sharesVictim(one: Fault, other: Fault): boolean {
  return one.victims.some((node) => other.victims.includes(node));
}

function plannedOf({ entry, at_ms, after_ms, heal_ms, drawn }: DrillFault): PlannedFault {
  return {
    ...{ entry, after_ms },
    ...(at_ms === undefined ? {} : { at_ms }),
    ...(heal_ms === undefined ? {} : { heal_ms }),
    ...(drawn ? { drawn } : {}),
  };
}

/** An address whose owner a fault took, and the nodes of which none can be its next one. */
export interface Orphan {
  shared: WatchedAddress;
  gone: ReadonlySet<LabNode>;
}

/** Whether a node holds it that is not gone. */
export async function isHeldAnew({ shared, gone }: Orphan): Promise<boolean> {
  return (await shared.holders()).some((node) => !gone.has(node));
}

/** The faults of one trial: applied one after the other, healed the last first. */
export class FaultSequence {
  readonly #context: SequenceContext;
  readonly #steps: Step[] = [];
  /** Those that were not in effect any more before they were healed. */
  readonly #ended = new Set<Injection>();
  #last_ns: LabTime = 0;

  constructor(context: SequenceContext) {
    this.#context = context;
  }

  /** When the last fault was applied, or the last of those that heal before the end was seen to be healed. */
  get last_ns(): LabTime {
    return this.#last_ns;
  }

  /**
   * Breaks one after the other, with the pauses between them; what has a time to be healed after is healed.
   * What is broken when this throws is left to `heal`.
   * @returns the moment of the first.
   * @throws InputError when the first target resolves to nothing; UnknownError when a fault did not take effect,
   *   or a later one has no target, which may be what those before it did, or one of a replay, whose node may be in another
   *   state now. InterruptedError.
   */
  async apply(faults: readonly DrillFault[]): Promise<LabTime> {
    if (faults.some(({ at_ms }) => at_ms !== undefined)) await this.#applyAtTimes(faults);
    else await this.#applyInTurn(faults);
    return this.#steps[0]!.injection.applied_ns;
  }

  async #applyInTurn(faults: readonly DrillFault[]): Promise<void> {
    const { signal } = this.#context;
    for (const [at, spec] of faults.entries()) {
      if (at > 0) await sleep(spec.after_ms, signal);
      const step = await this.#applyOne(spec, at, faults.length, signal);
      if (spec.heal_ms !== undefined) await this.#healEarly(step, spec.heal_ms, signal);
    }
  }

  /** Each at its own time, healed beside what is applied meanwhile. What fails first ends all. */
  async #applyAtTimes(faults: readonly DrillFault[]): Promise<void> {
    const failed = new AbortController();
    const signal = AbortSignal.any([failed.signal, ...(this.#context.signal ? [this.#context.signal] : [])]);
    const healings: Promise<void>[] = [];
    try {
      for (const [at, spec] of faults.entries()) {
        if (at > 0) await this.#sleepUntil(this.#steps[0]!.injection.applied_ns, spec.at_ms!, signal);
        const step = await this.#applyOne(spec, at, faults.length, signal);
        if (spec.heal_ms === undefined) continue;
        const healing = this.#healEarly(step, spec.heal_ms, signal);
        healings.push(healing.catch((error: unknown) => failed.abort(error)));
      }
    } catch (error) {
      failed.abort(error);
    }
    await Promise.all(healings);
    if (failed.signal.aborted) throw failed.signal.reason;
  }

  /** The addresses whose owner was taken by a fault that was the last to do so. */
  get orphans(): Orphan[] {
    const gone = this.departed;
    return this.#context.addresses.flatMap((shared) => {
      if (shared.isGone?.()) return [];
      const hit = this.#steps.findLast(({ injection: { fault }, owners }) => {
        const owner = owners.get(shared);
        return fault.departure && owner && fault.victims.includes(owner);
      });
      if (!hit) return [];
      const { fault, inEffect } = hit.injection;
      return [{ shared, gone: new Set([...gone, ...(inEffect ? fault.victims : [])]) }];
    });
  }

  /** Nodes that left whatever they shared with others, and are not back. */
  get departed(): ReadonlySet<LabNode> {
    const lasting = this.#steps
      .map(({ injection }) => injection)
      .filter(({ inEffect, fault }) => inEffect && fault.departure && !fault.comes_back);
    return new Set(lasting.flatMap(({ fault }) => fault.victims));
  }

  /**
   * Heals what is still broken, the last first; harmless when nothing is. One that cannot be healed keeps no other
   * from it.
   * @param all whether also what is healed only when nothing is measured any more.
   * @returns when healing began, and when it was seen done.
   * @throws UnknownError telling what could not be healed.
   */
  async heal({ all = false } = {}): Promise<{ from_ns: LabTime; until_ns: LabTime }> {
    const { lab } = this.#context;
    const from_ns = await labNow(lab);
    const failures: unknown[] = [];
    for (const { injection } of this.#steps.toReversed()) {
      if (injection.fault.heals_last && !all) continue;
      await injection.heal().catch((error: unknown) => failures.push(error));
    }
    // Whom a cluster has turned off meanwhile need not be a victim.
    await lab.power.restore(lab.nodes).catch((error: unknown) => failures.push(error));
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new UnknownError(failures.map(messageOf).join('; '));
    return { from_ns, until_ns: await labNow(lab) };
  }

  async #applyOne(
    spec: DrillFault,
    at: number,
    count: number,
    signal: AbortSignal | undefined,
  ): Promise<Step> {
    signal?.throwIfAborted();
    const may_not_fit = at > 0 || spec.replayed === true;
    const step = may_not_fit ? await this.#applyIfItFits(spec, at, count) : await this.#apply(spec);
    this.#context.onProgress(step.injection.fault.label);
    return step;
  }

  async #apply(spec: DrillFault): Promise<Step> {
    const { lab, note, facts } = this.#context;
    const owners = await this.#owners();
    const injection = await Injection.apply(lab, spec, note);
    const held = [...owners].flatMap(([{ name }, owner]) => (owner ? [[name, owner.name]] : []));
    injection.record.planned = plannedOf(spec);
    const step: Step = { injection, owners, facts: { ...injection.facts, owners: Object.fromEntries(held) } };
    facts.faults.push(injection.record);
    addNotes(facts, ...(injection.fault.notes ?? []));
    if (this.#steps.length === 0) facts.fault = step.facts;
    else facts.later_faults = [...(facts.later_faults ?? []), step.facts];
    this.#steps.push(step);
    this.#last_ns = Math.max(this.#last_ns, injection.applied_ns);
    return step;
  }

  async #applyIfItFits(spec: DrillFault, at: number, count: number): Promise<Step> {
    try {
      return await this.#apply(spec);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new UnknownError(`fault ${at + 1} of ${count} could not be applied: ${error.message}`, {
        cause: error,
      });
    }
  }

  /** @param signal ends it before the healing has begun, not after. */
  async #healEarly(
    { injection, facts }: Step,
    heal_ms: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    await this.#sleepUntil(injection.applied_ns, heal_ms, signal);
    facts.mended = await injection.heal();
    this.#last_ns = Math.max(this.#last_ns, facts.mended.until_ns);
    this.#context.onProgress(`healed: ${injection.fault.label}`);
    await this.#noteEnded(injection);
  }

  /** A node that is started again has new wires and processes: what was broken of it may be whole. */
  async #noteEnded(by: Injection): Promise<void> {
    const others = this.#steps
      .map(({ injection }) => injection)
      .filter(({ inEffect, fault }) => inEffect && !fault.comes_back && sharesVictim(fault, by.fault))
      .filter((injection) => !this.#ended.has(injection));
    for (const injection of others) {
      const { fault } = injection;
      const doubt = await fault.verifyApplied().catch(messageOf);
      if (!doubt) continue;
      this.#ended.add(injection);
      addNotes(
        this.#context.facts,
        `'${fault.label}' was not in effect any more after '${by.fault.label}' was healed: ${doubt}`,
      );
    }
  }

  async #sleepUntil(since_ns: LabTime, after_ms: number, signal: AbortSignal | undefined): Promise<void> {
    const passed_ms = msFromNs((await labNow(this.#context.lab)) - since_ns);
    await sleep(Math.max(0, after_ms - passed_ms), signal);
  }

  /** Who holds each address now, among those that no fault has made leave. */
  async #owners(): Promise<Step['owners']> {
    const { addresses } = this.#context;
    // Nothing is asked right before the first fault: its moment is set.
    if (this.#steps.length === 0) return new Map(addresses.map((one) => [one, one.owner]));
    const gone = this.departed;
    const owners = new Map<WatchedAddress, LabNode | undefined>();
    for (const one of addresses) {
      const holders = await one.holders();
      owners.set(
        one,
        holders.find((node) => !gone.has(node)),
      );
    }
    return owners;
  }
}
