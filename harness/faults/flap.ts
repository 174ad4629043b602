import { randomUUID } from 'node:crypto';
import { InputError } from '../ground/errors.ts';
import { wholeNumber } from '../ground/whole-number.ts';
import type { AgentPort, ChangeTime } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { type Doubt, waitForEffect } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind, FaultOptions } from '../systems/fault.ts';
import { describeResolved, type ResolvedTarget } from '../systems/resolved-target.ts';
import { optionTime_ms } from './option-time.ts';
import { wireOf } from './wire-of.ts';

/** A carrier comes back within 2 s, and the round that is under way is finished. */
const STOP_TIMEOUT_MS = 20_000;
/** Shorter ones would be mostly the time that the kernel takes over a carrier. */
const [LEAST_PERIOD_MS, MOST_PERIOD_MS] = [100, 60_000];

/** How a wire flaps. */
interface Rhythm {
  kind: 'carrier' | 'frames';
  period_ms: number;
  down_ms: number;
}

/** A loose plug: the wire is cut and healed, again and again. */
export const flap: FaultKind = {
  kind: 'flap',
  summary: 'a wire is cut and healed again and again: its carrier, or its frames with the carrier up',
  targets: ['interface'],
  needs: ({ kind }) => (kind === 'frames' ? [] : ['bridge locked ports']),
  options: {
    period: 'from one cut to the next, 100ms to 60s (1s)',
    duty: 'percent of the period in which the wire is down, 1 to 99 (50)',
    kind: 'carrier (the node sees the loss) or frames (it does not) (carrier)',
  },
  checkOptions: (options) => void rhythmOf(options),
  prepare: (lab, target, options) => new Flap(lab, target, rhythmOf(options)),
};

/** @throws InputError for words that there are not, and what is out of bounds. */
function rhythmOf(options: FaultOptions): Rhythm {
  const { period = '1s', duty: text = '50', kind = 'carrier' } = options;
  if (kind !== 'carrier' && kind !== 'frames')
    throw new InputError(`the kind of flap is carrier or frames, not '${kind}'`);
  const period_ms = optionTime_ms('flap', 'period', period, LEAST_PERIOD_MS, MOST_PERIOD_MS);
  const duty = wholeNumber(text, 1, 99);
  if (duty === undefined)
    throw new InputError(`the duty of flap is a whole number of percent from 1 to 99, not '${text}'`);
  return { kind, period_ms, down_ms: (period_ms * duty) / 100 };
}

class Flap implements Fault {
  readonly label: string;
  // What daemons make of it depends on how long they wait before they believe it.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly wires: readonly AgentPort[];
  readonly #lab: Lab;
  readonly #rhythm: Rhythm;
  readonly #wire: { port: string; key: string; interface: string; pid: number };

  /** @throws InputError when the target is not a wire of the lab. */
  constructor(lab: Lab, target: ResolvedTarget, rhythm: Rhythm) {
    if (target.form !== 'interface') throw new InputError('flap is aimed at a wire: NODE:INTERFACE');
    const node = lab.node(target.node);
    const wire = wireOf(node, target.interface);
    const { port, interface: name } = wire;
    this.wires = [wire];
    this.#lab = lab;
    this.#rhythm = rhythm;
    this.#wire = { port, key: randomUUID(), interface: name, pid: node.pid };
    this.victims = [node];
    this.guard = [{ step: 'stop_flap', args: this.#wire }];
    const { kind, down_ms, period_ms } = rhythm;
    this.label = `flap of ${describeResolved(target)} (${kind}, ${down_ms} ms of every ${period_ms} ms)`;
  }

  apply(): Promise<ChangeTime> {
    return this.#lab.agent.call('start_flap', { ...this.#wire, ...this.#rhythm }, STOP_TIMEOUT_MS);
  }

  /** The kernel has seen the carrier go, or the bridge shows the port without frames. */
  verifyApplied(): Promise<Doubt> {
    const { port, key } = this.#wire;
    return waitForEffect(async () => {
      const state = await this.#lab.agent.call('flap_state', { key });
      if (state === null) return 'the wire is not being cut';
      if (this.#rhythm.kind === 'carrier')
        return state.carrier_losses > 0 ? undefined : 'the kernel has not seen the carrier go';
      const wire = await this.#lab.agent.call('port_states', { ports: [port] });
      return wire[port] === 'disabled' ? undefined : 'the bridge has not been seen to drop frames';
    });
  }

  async heal(): Promise<void> {
    await this.#lab.agent.call('stop_flap', this.#wire, STOP_TIMEOUT_MS);
  }

  /** A node that does not run has no wire. */
  async verifyHealed(): Promise<Doubt> {
    const { port, key } = this.#wire;
    if ((await this.#lab.agent.call('flap_state', { key })) !== null) return 'the wire is still being cut';
    const wire = await this.#lab.agent.call('wire_state', { port });
    if (wire === null) return undefined;
    if (!wire.carrier) return 'the carrier is not back';
    return wire.state === 'forwarding' && !wire.locked
      ? undefined
      : `the port is ${wire.locked ? 'locked' : wire.state}`;
  }
}
