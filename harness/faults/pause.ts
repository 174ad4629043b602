import { InputError } from '../ground/errors.ts';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { waitForEffect } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind } from '../systems/fault.ts';
import { describeResolved, nodesOf, type ResolvedTarget } from '../systems/resolved-target.ts';

/** A machine stands still, as one that is moved to another hypervisor: the engine freezes its control group. */
export const pause: FaultKind = {
  kind: 'pause',
  summary: 'a node or host stands still: its control group is frozen, the kernel forwards on',
  targets: ['node', 'host'],
  options: {},
  foresee: () => ({ departure: 'abrupt', stops_forwarding: false }),
  prepare: (lab, target) => new Pause(lab, target),
};

class Pause implements Fault {
  readonly label: string;
  readonly departure = 'abrupt';
  // The kernel, which forwards, is not part of the group.
  readonly stops_forwarding = false;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  readonly #container_ids: string[];
  #paused: string[] = [];

  constructor(lab: Lab, target: ResolvedTarget) {
    this.#lab = lab;
    this.victims = nodesOf(lab, target);
    this.#container_ids = this.victims.map((node) => node.container_id);
    this.guard = [{ step: 'unpause_nodes', args: { container_ids: this.#container_ids } }];
    this.label = `pause of ${describeResolved(target)}`;
  }

  /** @throws InputError when none of them runs. */
  async apply(): Promise<ChangeTime> {
    const done = await this.#asOwnAct('pause', async () => {
      const { container_ids: changed, ...at } = await this.#lab.agent.call('pause_nodes', {
        container_ids: this.#container_ids,
      });
      return { changed, at };
    });
    this.#paused = done.changed;
    if (this.#paused.length > 0) return done.at;
    throw new InputError(
      `${this.victims.map((node) => node.name).join(', ')} does not run, or is paused already`,
    );
  }

  async verifyApplied(): Promise<Doubt> {
    return waitForEffect(async () => {
      const frozen = new Set(await this.#frozen());
      const going = this.victims.filter(
        ({ container_id }) => this.#paused.includes(container_id) && !frozen.has(container_id),
      );
      return going.length > 0 ? `${going.map(({ name }) => name).join(', ')} is not frozen` : undefined;
    });
  }

  async heal(): Promise<void> {
    if (this.#paused.length === 0) return;
    await this.#asOwnAct('unpause', async () => ({
      changed: await this.#lab.agent.call('unpause_nodes', { container_ids: this.#paused }),
    }));
  }

  async verifyHealed(): Promise<Doubt> {
    return waitForEffect(async () => {
      const frozen = await this.#frozen();
      const left = this.victims.filter(({ container_id }) => frozen.includes(container_id));
      return left.length > 0 ? `${left.map(({ name }) => name).join(', ')} is still frozen` : undefined;
    });
  }

  #frozen(): Promise<string[]> {
    return this.#lab.agent.call('frozen_nodes', { container_ids: this.#container_ids });
  }

  /** The engine reports each act, which must not be taken for somebody else's. */
  async #asOwnAct<Done extends { changed: readonly string[] }>(
    act: string,
    work: () => Promise<Done>,
  ): Promise<Done> {
    for (const id of this.#container_ids) this.#lab.acts.expect(id, act);
    let changed: readonly string[] = [];
    try {
      const done = await work();
      changed = done.changed;
      return done;
    } finally {
      for (const id of this.#container_ids) if (!changed.includes(id)) this.#lab.acts.withdraw(id, act);
    }
  }
}
