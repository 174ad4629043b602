import type { Patience } from './patience.ts';
import type { Swarm } from './swarm.ts';
import type { SwarmNode, SwarmTask } from './swarm-shapes.ts';

/** What is asked for by several tasks at once is asked once. */
const FRESH_MS = 900;

/** What a swarm's nodes and tasks are at a moment. */
export interface Look {
  nodes: SwarmNode[];
  tasks: SwarmTask[];
}

/** Looks at a swarm for all who watch a task of it, about once a second. */
export class SwarmLook {
  readonly #swarm: Swarm;
  readonly #patience: Patience;
  #last: { at_ms: number; look: Promise<Look> } | undefined;

  constructor(swarm: Swarm, patience: Patience) {
    this.#swarm = swarm;
    this.#patience = patience;
  }

  /** @throws as `Patience.with`. */
  now(): Promise<Look> {
    const now = performance.now();
    if (this.#last === undefined || now - this.#last.at_ms > FRESH_MS)
      this.#last = { at_ms: now, look: this.#ask() };
    return this.#last.look;
  }

  async #ask(): Promise<Look> {
    return this.#patience.with(async () => {
      const [nodes, tasks] = await Promise.all([this.#swarm.nodes(), this.#swarm.tasks()]);
      return { nodes, tasks };
    });
  }
}
