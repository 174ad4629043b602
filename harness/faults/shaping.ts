import { randomUUID } from 'node:crypto';
import { InputError } from '../ground/errors.ts';
import type { AgentPort, ChangeTime, FrameRule } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { type Doubt, waitForEffect } from '../lab/wait-for-effect.ts';
import type { Fault } from '../systems/fault.ts';
import { describeResolved, type ResolvedTarget } from '../systems/resolved-target.ts';
import { wireOf } from './wire-of.ts';

/** A queueing discipline of tc(8): its name, and its words. */
export interface Discipline {
  readonly qdisc: readonly [kind: string, ...words: string[]];
  readonly direction: FrameRule['direction'];
  readonly description: string;
}

/** A wire on which frames wait in a queue; the node is not touched. */
export class Shaping implements Fault {
  readonly label: string;
  // What daemons make of it depends on how long they wait.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly wires: readonly AgentPort[];
  readonly #lab: Lab;
  readonly #discipline: Discipline;
  readonly #wire: { key: string; port: string };

  /** @throws InputError when the target is not a wire of the lab. */
  constructor(lab: Lab, kind: string, target: ResolvedTarget, discipline: Discipline) {
    if (target.form !== 'interface') throw new InputError(`${kind} is aimed at a wire: NODE:INTERFACE`);
    const node = lab.node(target.node);
    this.#lab = lab;
    this.#discipline = discipline;
    this.wires = [wireOf(node, target.interface)];
    this.#wire = { key: randomUUID(), port: this.wires[0]!.port };
    this.victims = [node];
    this.guard = [{ step: 'remove_shaper', args: this.#wire }];
    this.label = `${kind} of ${describeResolved(target)} (${discipline.description}${wayOf(discipline)})`;
  }

  apply(): Promise<ChangeTime> {
    const { direction, qdisc } = this.#discipline;
    return this.#lab.agent.call('add_shaper', { ...this.#wire, direction, qdisc });
  }

  /** The kernel has the discipline in every direction, and frames have passed it. */
  verifyApplied(): Promise<Doubt> {
    const { direction, qdisc } = this.#discipline;
    const wanted = direction === 'both' ? 2 : 1;
    return waitForEffect(
      async () => {
        const found = await this.#lab.agent.call('shaper_state', this.#wire);
        if (found.length < wanted || found.some(({ kind }) => kind !== qdisc[0]))
          return `the kernel shows no ${qdisc[0]} at the wire`;
        const met = found.some(({ packets, waiting, dropped }) => packets + waiting + dropped > 0);
        return met ? undefined : 'no frame passed it';
      },
      { timeout_ms: 10_000, interval_ms: 50 },
    );
  }

  async heal(): Promise<void> {
    await this.#lab.agent.call('remove_shaper', this.#wire);
  }

  async verifyHealed(): Promise<Doubt> {
    const found = await this.#lab.agent.call('shaper_state', this.#wire);
    return found.length === 0 ? undefined : `the kernel still has ${found[0]!.kind} at the wire`;
  }
}

function wayOf({ direction }: Discipline): string {
  return direction === 'both' ? '' : `, what goes ${direction} it`;
}
