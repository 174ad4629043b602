import { InputError } from '../ground/errors.ts';
import { wholeNumber } from '../ground/whole-number.ts';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { Lab } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import type { FaultKind, FaultOptions } from '../systems/fault.ts';
import type { ResolvedTarget } from '../systems/resolved-target.ts';
import { KeptChange } from './kept-change.ts';

const MOST_PORTS = 65_535;

/** A node has no port left for the connections that it begins itself. */
export const portExhaust: FaultKind = {
  kind: 'port-exhaust',
  summary: 'a node has no port left for connections that it begins itself',
  targets: ['node'],
  options: { left: 'how many ports stay free (0)' },
  checkOptions: (options) => void leftOf(options),
  prepare: (lab, target, options) => new PortExhaust(lab, target, leftOf(options)),
};

/** @throws InputError when it is not a number of ports. */
function leftOf({ left = '0' }: FaultOptions): number {
  const number = wholeNumber(left, 0, MOST_PORTS);
  if (number !== undefined) return number;
  throw new InputError(`left of port-exhaust is a number from 0 to ${MOST_PORTS}, not '${left}'`);
}

class PortExhaust extends KeptChange {
  readonly #left: number;
  #before: number | undefined;

  /** @throws InputError when the target is not a node. */
  constructor(lab: Lab, target: ResolvedTarget, left: number) {
    if (target.form !== 'node') throw new InputError('port-exhaust is aimed at a node');
    super(lab, lab.node(target.node), `no free ports on ${target.node}`);
    this.#left = left;
  }

  /** @throws InputError when the node is down, or has no more free ports than are to be left. */
  async apply(): Promise<ChangeTime> {
    this.requireRunning();
    this.#before = await this.#free();
    if (this.#before <= this.#left)
      throw new InputError(`'${this.node.name}' has ${this.#before} free ports, no more than are to be left`);
    return this.lab.agent.call('reserve_ports', { key: this.key, pid: this.node.pid, left: this.#left });
  }

  async verifyApplied(): Promise<Doubt> {
    const free = await this.#free();
    return free === this.#left ? undefined : `the kernel has ${free} ports that are free to be taken`;
  }

  /** A node that was started again has its ports. */
  async verifyHealed(): Promise<Doubt> {
    if (this.#before === undefined || this.node.pid === 0) return undefined;
    const free = await this.#free();
    return free >= this.#before ? undefined : `the kernel has ${free} free ports, not ${this.#before}`;
  }

  #free(): Promise<number> {
    return this.lab.agent.call('free_ports', { pid: this.node.pid });
  }
}
