import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { Lab } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import type { FaultKind } from '../systems/fault.ts';
import { describeResolved, nodesOf, type ResolvedTarget } from '../systems/resolved-target.ts';
import { bmcOf } from './bmc-of.ts';
import { KeptChange } from './kept-change.ts';

/** A BMC answers, and does not do what it is asked to: its account may not switch, or its firmware is at fault. */
export const bmcRefuses: FaultKind = {
  kind: 'bmc-refuses',
  summary: 'the BMC of a host answers, and refuses to switch the power; its nodes go on',
  targets: ['node', 'host'],
  options: {},
  prepare: (lab, target) => new BmcRefuses(lab, target),
};

class BmcRefuses extends KeptChange {
  readonly outside = 'it is in the BMC';
  readonly #host: string;

  /** @throws InputError when the host has no BMC. */
  constructor(lab: Lab, target: ResolvedTarget) {
    const [node] = nodesOf(lab, target);
    super(lab, node!, `bmc-refuses of ${describeResolved(target)}`);
    this.#host = bmcOf(lab, node!).host;
  }

  apply(): Promise<ChangeTime> {
    return this.lab.agent.call('refuse_power', { key: this.key, host: this.#host });
  }

  async verifyApplied(): Promise<Doubt> {
    return (await this.#refuses()) ? undefined : 'the BMC does not refuse';
  }

  async verifyHealed(): Promise<Doubt> {
    return (await this.#refuses()) ? 'the BMC still refuses' : undefined;
  }

  #refuses(): Promise<boolean> {
    return this.lab.agent.call('power_refused', { host: this.#host });
  }
}
