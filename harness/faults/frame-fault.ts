import { randomUUID } from 'node:crypto';
import { InputError } from '../ground/errors.ts';
import type { ChangeTime, FrameRule } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { waitForEffect } from '../lab/wait-for-effect.ts';
import type { Fault } from '../systems/fault.ts';
import { describeResolved, type ResolvedTarget } from '../systems/resolved-target.ts';
import { wireOf } from './wire-of.ts';

/** A rule of the fabric does something to some frames of a wire; the node is not touched. */
export class FrameFault implements Fault {
  readonly label: string;
  // What daemons make of it depends on what they need of what is lost.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly outside = 'its rules are in the fabric';
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  readonly #port: string;
  readonly #rule: FrameRule;
  readonly #key = randomUUID();

  /**
   * @param description what is done to which frames.
   * @throws InputError when the target is not a wire of the lab.
   */
  constructor(lab: Lab, kind: string, target: ResolvedTarget, rule: FrameRule, description: string) {
    if (target.form !== 'interface') throw new InputError(`${kind} is aimed at a wire: NODE:INTERFACE`);
    const node = lab.node(target.node);
    this.#lab = lab;
    this.#port = wireOf(node, target.interface).port;
    this.#rule = rule;
    this.victims = [node];
    this.guard = [{ step: 'remove_filter', args: { key: this.#key } }];
    this.label = `${kind} of ${describeResolved(target)} (${description})`;
  }

  apply(): Promise<ChangeTime> {
    return this.#lab.agent.call('add_filter', { key: this.#key, port: this.#port, ...this.#rule });
  }

  verifyApplied(): Promise<Doubt> {
    return rulesAct(this.#lab, this.#key);
  }

  async heal(): Promise<void> {
    await this.#lab.agent.call('remove_filter', { key: this.#key });
  }

  verifyHealed(): Promise<Doubt> {
    return rulesGone(this.#lab, this.#key);
  }

  /** What the kernel has counted so far: frames that the rule is for, and those that it did something to. */
  counts(): Promise<{ seen: number; hit: number } | null> {
    return this.#lab.agent.call('filter_counts', { key: this.#key });
  }
}

/** Waits until rules are there and have met a frame: one that nothing matches breaks nothing. */
export function rulesAct(lab: Lab, key: string): Promise<Doubt> {
  return waitForEffect(
    async () => {
      const counts = await lab.agent.call('filter_counts', { key });
      if (counts === null) return 'the rules are not there';
      if (counts.hit > 0) return undefined;
      return counts.seen > 0 ? `chance has met none of ${counts.seen} frames` : 'no frame matched it';
    },
    { timeout_ms: 10_000, interval_ms: 50 },
  );
}

export async function rulesGone(lab: Lab, key: string): Promise<Doubt> {
  const counts = await lab.agent.call('filter_counts', { key });
  return counts === null ? undefined : 'the rules are still there';
}
