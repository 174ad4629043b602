import { randomUUID } from 'node:crypto';
import { InputError } from '../ground/errors.ts';
import type { LabTime } from '../ground/time.ts';
import type { AgentPort, ChangeTime, CutSort, WireState } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind, FaultOptions } from '../systems/fault.ts';
import { describeResolved, type ResolvedTarget } from '../systems/resolved-target.ts';
import { wireOf } from './wire-of.ts';

/** The agent waits up to 2 s for a carrier, and as long as it is asked to. */
const HEAL_TIMEOUT_MS = 30_000;
const NOW: LabTime = 0;

/** A wire is cut: by the loss of its carrier, or so that only the protocols can notice. */
export const cut: FaultKind = {
  kind: 'cut',
  summary:
    'a wire is cut: the carrier is lost, or frames are dropped with the carrier up, in one or both directions',
  targets: ['interface'],
  needs: ({ kind, direction = 'both' }) =>
    kind === 'frames' && direction === 'both' ? [] : ['bridge locked ports'],
  options: {
    kind: 'carrier (the node sees the loss) or frames (it does not) (carrier)',
    direction: 'both, from (what the node sends is lost) or to (what is sent to it is lost) (both)',
  },
  checkOptions: (options) => void cutSort(options),
  prepare: (lab, target, options) => new Cut(lab, target, cutSort(options)),
};

/**
 * @throws InputError for words that there are not, and for the carrier of one direction.
 */
function cutSort(options: FaultOptions): CutSort {
  const { kind = 'carrier', direction = 'both' } = options;
  if (kind !== 'carrier' && kind !== 'frames')
    throw new InputError(`a cut's kind is carrier or frames, not '${kind}'`);
  if (direction !== 'both' && direction !== 'from' && direction !== 'to')
    throw new InputError(`a cut's direction is both, from or to, not '${direction}'`);
  if (kind === 'frames') return { kind, direction };
  if (direction === 'both') return { kind, direction };
  throw new InputError(`a carrier is lost in both directions, not only '${direction}' the node`, {
    remedy: 'cut kind=frames for one direction',
  });
}

/** One wire, cut and healed; the agent can do either at a moment that is given. */
export class Cut implements Fault {
  readonly label: string;
  // What daemons make of it depends on what they use the wire for.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly loss?: NonNullable<Fault['loss']>;
  readonly cuts?: NonNullable<Fault['cuts']>;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly wires: readonly AgentPort[];
  readonly #lab: Lab;
  readonly #node: LabNode;
  readonly #wire: AgentPort;
  readonly #sort: CutSort;
  readonly #key = randomUUID();

  /**
   * @param kind under which name it was asked for.
   * @throws InputError when the target is not a wire of the lab.
   */
  constructor(lab: Lab, target: ResolvedTarget, sort: CutSort, kind = 'cut') {
    if (target.form !== 'interface') throw new InputError(`${kind} is aimed at a wire: NODE:INTERFACE`);
    this.#lab = lab;
    this.#node = lab.node(target.node);
    this.#wire = wireOf(this.#node, target.interface);
    this.#sort = sort;
    this.victims = [this.#node];
    this.wires = [this.#wire];
    this.guard = [{ step: 'heal_wire', args: this.#healing(NOW) }];
    this.label = `${kind} of ${describeResolved(target)} (${describeSort(sort)})`;
    if (sort.direction === 'both') this.cuts = [{ node: target.node, interface: target.interface }];
    if (sort.kind === 'carrier') this.loss = { node: target.node, kind: 'interface', name: target.interface };
  }

  apply(): Promise<ChangeTime> {
    return this.cutAt(NOW);
  }

  async heal(): Promise<void> {
    await this.healAt(NOW);
  }

  /** Cuts at `at_ns`, within the next 10 s, or now if that is past. @returns when frames stopped. */
  cutAt(at_ns: LabTime): Promise<ChangeTime> {
    const { port } = this.#wire;
    return this.#lab.agent.call('cut_wire', { port, key: this.#key, at_ns, ...this.#sort }, HEAL_TIMEOUT_MS);
  }

  /**
   * Heals at `at_ns`, within the next 10 s, or now if that is past; harmless when it is healed. A carrier is
   * given back before. @returns when frames passed again.
   */
  healAt(at_ns: LabTime): Promise<ChangeTime> {
    return this.#lab.agent.call('heal_wire', this.#healing(at_ns), HEAL_TIMEOUT_MS);
  }

  async verifyApplied(): Promise<Doubt> {
    const { port } = this.#wire;
    const state = await this.#lab.agent.call('wire_state', { port });
    return state ? stillPasses(state, this.#sort) : undefined;
  }

  /** A node that does not run has no wire that could be cut; of one that its BMC has just turned off the kernel may still have it. */
  async verifyHealed(): Promise<Doubt> {
    const { port } = this.#wire;
    await this.#lab.power.settle();
    if (this.#node.pid === 0) return undefined;
    const state = await this.#lab.agent.call('wire_state', { port });
    if (state) return stillCut(state, this.#sort);
    return (await this.#lab.isAlive(this.#node)) ? `there is no wire at port ${port}` : undefined;
  }

  #healing(at_ns: LabTime) {
    const { port, interface: name } = this.#wire;
    return { port, key: this.#key, interface: name, pid: this.#node.pid, at_ns };
  }
}

function describeSort({ kind, direction }: CutSort): string {
  if (kind === 'carrier') return 'carrier';
  return direction === 'both' ? 'all frames' : `frames ${direction} it`;
}

function stillPasses(state: WireState, { kind, direction }: CutSort): Doubt {
  if (kind === 'frames' && direction === 'both') {
    return state.state === 'disabled' ? undefined : `the port is ${state.state}`;
  }
  if (kind === 'carrier' && state.carrier) return 'the carrier is still there';
  if (direction !== 'to' && state.locked !== true) {
    return state.locked === null
      ? 'the kernel cannot lock a bridge port (Linux can from 5.18 on)'
      : 'the port is not locked';
  }
  if (direction !== 'from' && (state.unicast_flood || state.multicast_flood || state.broadcast_flood))
    return 'frames are still flooded to the port';
  if (state.learning || state.learned.length > 0)
    return `the bridge still knows ${state.learned.join(', ') || 'whom it learns'} behind the port`;
  return undefined;
}

function stillCut(state: WireState, { kind }: CutSort): Doubt {
  if (kind === 'carrier' && !state.carrier) return 'the carrier is not back';
  if (state.state !== 'forwarding') return `the port is ${state.state}`;
  if (state.locked) return 'the port is still locked';
  const passes = state.learning && state.unicast_flood && state.multicast_flood && state.broadcast_flood;
  return passes ? undefined : 'the port does not flood or learn as it did';
}
