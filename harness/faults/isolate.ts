import { InputError } from '../ground/errors.ts';
import type { WireEnd } from '../journal/trial-facts.ts';
import type { AgentPort, ChangeTime, CutSort } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind, FaultOptions } from '../systems/fault.ts';
import { describeResolved, type ResolvedTarget } from '../systems/resolved-target.ts';
import { Cut } from './cut.ts';

/** One node hears nobody, and nobody hears it: all its wires are cut, and it goes on by itself. */
export const isolate: FaultKind = {
  kind: 'isolate',
  summary: 'a node is cut off from all others: every wire of it, with the carrier up or down',
  targets: ['node'],
  needs: ({ kind }) => (kind === 'carrier' ? ['bridge locked ports'] : []),
  options: { kind: 'frames (the node does not see it) or carrier (it does) (frames)' },
  checkOptions: (options) => void sortOf(options),
  prepare: (lab, target, options) => new Isolation(lab, target, sortOf(options)),
};

/** @throws InputError for a word that is not a kind of cut. */
function sortOf({ kind = 'frames' }: FaultOptions): CutSort {
  if (kind === 'frames' || kind === 'carrier') return { kind, direction: 'both' };
  throw new InputError(`the kind of isolate is frames or carrier, not '${kind}'`);
}

/** A cut of every wire of a node, one right after the other. */
class Isolation implements Fault {
  readonly label: string;
  // Its daemons live on; what they make of it depends on what they use the wires for.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly cuts: readonly WireEnd[];
  readonly spares_processes = true;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly wires: readonly AgentPort[];
  readonly #cuts: readonly Cut[];

  /** @throws InputError when the target is not a node, or has no wires. */
  constructor(lab: Lab, target: ResolvedTarget, sort: CutSort) {
    if (target.form !== 'node') throw new InputError('isolate is aimed at a node');
    const node = lab.node(target.node);
    if (node.ports.length === 0) throw new InputError(`node '${node.name}' has no wires that could be cut`);
    this.victims = [node];
    this.wires = node.ports;
    this.#cuts = node.ports.map(
      ({ interface: name }) =>
        new Cut(lab, { form: 'interface', node: node.name, interface: name }, sort, 'isolate'),
    );
    this.cuts = this.#cuts.flatMap((cut) => cut.cuts ?? []);
    this.guard = this.#cuts.flatMap((cut) => cut.guard);
    this.label = `isolate of ${describeResolved(target)} (${sort.kind === 'carrier' ? 'carriers' : 'all frames'})`;
  }

  /** From before the first wire is cut until after the last one is. */
  async apply(): Promise<ChangeTime> {
    const done = await Promise.allSettled(this.#cuts.map((cut) => cut.apply()));
    const times = done.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
    return {
      before_ns: Math.min(...times.map(({ before_ns }) => before_ns)),
      after_ns: Math.max(...times.map(({ after_ns }) => after_ns)),
    };
  }

  verifyApplied(): Promise<Doubt> {
    return firstDoubt(this.#cuts.map((cut) => cut.verifyApplied()));
  }

  async heal(): Promise<void> {
    await Promise.all(this.#cuts.map((cut) => cut.heal()));
  }

  verifyHealed(): Promise<Doubt> {
    return firstDoubt(this.#cuts.map((cut) => cut.verifyHealed()));
  }
}

async function firstDoubt(doubts: Promise<Doubt>[]): Promise<Doubt> {
  return (await Promise.all(doubts)).find((doubt) => doubt !== undefined);
}
