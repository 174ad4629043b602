import { STAGES, type Stage, type TopologyNode } from '../topology/topology.ts';
import { untilAborted } from './barrier.ts';

/** Who has finished which stage; nodes wait here for each other (containerlab's `stages`). */
export class StageGates {
  readonly #gates = new Map<string, { opened: Promise<void>; open: () => void }>();

  constructor(nodes: readonly TopologyNode[]) {
    for (const node of nodes) for (const stage of STAGES) this.#gates.set(key(node.name, stage), gate());
  }

  /** Notes that `node` has finished `stage`. */
  finish(node: string, stage: Stage): void {
    this.#gates.get(key(node, stage))?.open();
  }

  /** Waits until everything that must be finished before `node` enters `stage` is. */
  async enter(node: TopologyNode, stage: Stage, signal: AbortSignal): Promise<void> {
    const needed = node.stages.filter((rule) => rule.enters === stage);
    const gates = needed.map((rule) => this.#gates.get(key(rule.node, rule.stage))?.opened);
    await untilAborted(Promise.all(gates), signal);
  }

  /** Whether anybody waits for `node` to finish `stage`. */
  static isAwaited(nodes: readonly TopologyNode[], node: string, stage: Stage): boolean {
    return nodes.some((other) => other.stages.some((rule) => rule.node === node && rule.stage === stage));
  }
}

function key(node: string, stage: Stage): string {
  return `${node}/${stage}`;
}

function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
