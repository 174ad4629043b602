import { randomUUID } from 'node:crypto';
import { aimOf } from '../faults/aim-of.ts';
import { faultKind } from '../faults/registry.ts';
import { requireKernel } from '../faults/require-kernel.ts';
import { resolveTarget } from '../faults/resolve-target.ts';
import { messageOf, UnknownError } from '../ground/errors.ts';
import { type LabTime, rfc3339FromEpochNs } from '../ground/time.ts';
import { describeSteps } from '../journal/healing-words.ts';
import type { FaultRecord, HealingStep } from '../journal/journal.ts';
import type { FaultFacts } from '../journal/trial-facts.ts';
import type { Lab } from '../lab/lab.ts';
import { labNow } from '../lab/now.ts';
import type { Fault, FaultOptions } from '../systems/fault.ts';
import { describeResolved, type ResolvedTarget } from '../systems/resolved-target.ts';
import { parseTarget } from '../systems/roles.ts';
import { HealedOtherwise, healFault, healOnceMore, NotHealed, revertFault } from './heal-fault.ts';

/** Notes an intention where it survives this process. */
export type Note = (event: string, details: Record<string, unknown>) => void;

/** A fault in effect: its record, and the way back. */
export class Injection {
  readonly fault: Fault;
  readonly record: FaultRecord;
  /** The end of the system call that broke things. */
  readonly applied_ns: LabTime;
  /** How far `applied_ns` can be from the moment itself. */
  readonly applied_error_ns: number;
  readonly #lab: Lab;
  readonly #note: Note;
  readonly #guard: string;
  readonly #resolved: ResolvedTarget;
  #healed = false;
  /** All that can heal it was tried. */
  #given_up: NotHealed | undefined;

  private constructor(
    lab: Lab,
    note: Note,
    fault: Fault,
    guard: string,
    record: FaultRecord,
    at: { before_ns: LabTime; after_ns: LabTime; resolved: ResolvedTarget },
  ) {
    this.#lab = lab;
    this.#note = note;
    this.#guard = guard;
    this.fault = fault;
    this.record = record;
    this.#resolved = at.resolved;
    this.applied_ns = at.after_ns;
    this.applied_error_ns = at.after_ns - at.before_ns;
  }

  /**
   * Resolves the target, notes what is about to be broken, breaks it and looks whether it is broken.
   * Whatever goes wrong after the note, the fault is healed before this throws.
   * @throws InputError when the target resolves to nothing; EnvironmentError when the kernel
   *   cannot do it; UnknownError when the fault did not take effect.
   */
  static async apply(
    lab: Lab,
    spec: { kind: string; target: string; options: FaultOptions },
    note: Note,
  ): Promise<Injection> {
    const resolved = await resolveTarget(lab, parseTarget(spec.target));
    const fault = faultKind(spec.kind).prepare(lab, resolved, spec.options);
    await requireKernel(lab, [spec]);
    note('apply', { kind: spec.kind, target: spec.target, resolved: describeResolved(resolved) });
    // The same can be broken twice, each with a guard of its own.
    const guard = `${fault.label} (${randomUUID().slice(0, 8)})`;
    await lab.agent.call('arm_guard', { key: guard, steps: [...fault.guard] });
    try {
      const at = await fault.apply();
      const record: FaultRecord = {
        kind: spec.kind,
        target: spec.target,
        resolved: describeResolved(resolved),
        applied_at: absolute(lab, at.after_ns),
        reverted_at: null,
        verified: false,
      };
      const doubt = await fault.verifyApplied();
      if (doubt) throw new UnknownError(`the fault '${fault.label}' did not take effect: ${doubt}`);
      record.verified = true;
      return new Injection(lab, note, fault, guard, record, { ...at, resolved });
    } catch (error) {
      // By its own means alone: what is still broken may be another fault's, which refused this one.
      await revertFault(fault).catch((second: unknown) => {
        throw new NotHealed(`${messageOf(error)}; and healing failed: ${messageOf(second)}`, {
          cause: error,
        });
      });
      await lab.agent.call('disarm_guard', { key: guard });
      throw error;
    }
  }

  /** Whether it has not been healed yet. */
  get inEffect(): boolean {
    return !this.#healed;
  }

  /** What the trial's records say of it. */
  get facts(): FaultFacts {
    const { label, victims, departure, stops_forwarding, loss, cuts, signal, down_ms, holds_back } =
      this.fault;
    return {
      label,
      before_ns: this.applied_ns - this.applied_error_ns,
      after_ns: this.applied_ns,
      victims: victims.map(({ name }) => name),
      aim: aimOf(this.fault, this.#resolved),
      ...(departure ? { departure } : {}),
      stops_forwarding,
      ...(loss ? { loss } : {}),
      ...(cuts ? { cuts: [...cuts] } : {}),
      ...(signal === undefined ? {} : { signal }),
      ...(down_ms === undefined ? {} : { down_ms }),
      ...(holds_back ? { holds_back } : {}),
    };
  }

  /**
   * Heals what was broken, once; also where that can't be noted. One that could not be healed is tried again by its own
   * means alone.
   * @returns the moment when healing began, and when it was seen done.
   * @throws NotHealed when it is not healed; HealedOtherwise when it is, but not by its own means; what noting it has
   *   thrown, when it is.
   */
  async heal(): Promise<{ from_ns: LabTime; until_ns: LabTime }> {
    const from_ns = await labNow(this.#lab);
    if (this.#healed) return { from_ns, until_ns: from_ns };
    const unnoted = this.#tryToNote('revert', { kind: this.record.kind, resolved: this.record.resolved });
    const steps = await this.#tryToHeal().catch((error: unknown) => {
      const { kind, resolved } = this.record;
      if (!this.#given_up) this.#tryToNote('not-healed', { kind, resolved, why: messageOf(error) });
      if (error instanceof NotHealed) this.#given_up = error;
      throw error;
    });
    this.#healed = true;
    await this.#lab.agent.call('disarm_guard', { key: this.#guard });
    const until_ns = await labNow(this.#lab);
    this.record.reverted_at = absolute(this.#lab, until_ns);
    if (unnoted !== undefined) throw unnoted;
    if (steps.length > 1)
      throw new HealedOtherwise(
        `the fault '${this.fault.label}' was not healed by its own means: ${describeSteps(steps)}`,
      );
    return { from_ns, until_ns };
  }

  async #tryToHeal(): Promise<HealingStep[]> {
    // A node that its BMC has left without power has no process to be healed; a wire heals without its node.
    if (this.#resolved.form !== 'interface') await this.#lab.power.restore(this.fault.victims);
    if (!this.#given_up) return healFault(this.#lab, this.fault, (step) => this.#noteStep(step));
    if (!(await healOnceMore(this.#lab, this.fault))) throw this.#given_up;
    const step: HealingStep = { step: 'revert', outcome: 'healed' };
    this.#noteStep(step);
    return [step];
  }

  #noteStep(step: HealingStep): void {
    const { kind, resolved } = this.record;
    this.record.healing = [...(this.record.healing ?? []), step];
    this.#tryToNote('heal-step', { kind, resolved, ...step });
  }

  #tryToNote(event: string, details: Record<string, unknown>): unknown {
    try {
      this.#note(event, details);
      return undefined;
    } catch (error) {
      return error;
    }
  }
}

function absolute(lab: Lab, at_ns: LabTime): string {
  return rfc3339FromEpochNs(lab.agent.epoch_ns + BigInt(at_ns));
}
