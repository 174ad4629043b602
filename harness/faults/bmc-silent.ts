import { randomUUID } from 'node:crypto';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind } from '../systems/fault.ts';
import { describeResolved, nodesOf, type ResolvedTarget } from '../systems/resolved-target.ts';
import { bmcOf } from './bmc-of.ts';

/** A BMC does not answer, as one that shares the power of its machine: its wire passes nothing, with the carrier up. */
export const bmcSilent: FaultKind = {
  kind: 'bmc-silent',
  summary: 'the BMC of a host does not answer any more; its nodes go on',
  targets: ['node', 'host'],
  options: {},
  prepare: (lab, target) => new BmcSilent(lab, target),
};

class BmcSilent implements Fault {
  readonly label: string;
  // Its nodes do not notice.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly outside = 'it is at the wire of the BMC';
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  readonly #port: string;
  readonly #key = randomUUID();

  /** @throws InputError when the host has no BMC. */
  constructor(lab: Lab, target: ResolvedTarget) {
    this.#lab = lab;
    this.victims = nodesOf(lab, target);
    this.#port = bmcOf(lab, this.victims[0]!).port;
    this.guard = [{ step: 'heal_wire', args: this.#healing() }];
    this.label = `bmc-silent of ${describeResolved(target)}`;
  }

  apply(): Promise<ChangeTime> {
    const cut = { port: this.#port, key: this.#key, at_ns: 0 };
    return this.#lab.agent.call('cut_wire', { ...cut, kind: 'frames', direction: 'both' });
  }

  async verifyApplied(): Promise<Doubt> {
    const state = await this.#state();
    return state === 'disabled' ? undefined : `the port of the BMC is ${state}`;
  }

  async heal(): Promise<void> {
    await this.#lab.agent.call('heal_wire', this.#healing());
  }

  async verifyHealed(): Promise<Doubt> {
    const state = await this.#state();
    return state === 'forwarding' ? undefined : `the port of the BMC is ${state}`;
  }

  async #state(): Promise<string | undefined> {
    return (await this.#lab.agent.call('port_states', { ports: [this.#port] }))[this.#port];
  }

  /** Nobody waits for a carrier, which was never lost: its interface and process are nobody's. */
  #healing() {
    return { port: this.#port, key: this.#key, interface: '', pid: 0, at_ns: 0 };
  }
}
