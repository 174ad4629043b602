/** Before its first trial a lab has its nodes up, and what its systems under test need; each of these takes its time. */
export class SetupTimes {
  readonly #onStep: (line: string) => void;
  readonly #began = performance.now();
  readonly #steps = new Map<string, number>();
  readonly #nodes = new Map<string, number>();

  /** The lab begins to be built now. @param onStep gets one line for people about each step that has ended. */
  constructor(onStep: (line: string) => void = () => undefined) {
    this.#onStep = onStep;
  }

  /**
   * Does a step of the set-up, and notes how long it took. Steps are done one after the other; one that is done again in a
   * lab that is up keeps the time that it took at first.
   * @param step what holds after it, as `every agent has reported itself`.
   * @throws what the work throws: no time is noted then.
   */
  async measure<T>(step: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const done = await work();
    if (this.#steps.has(step)) return done;
    const took_ms = performance.now() - began;
    this.#steps.set(step, took_ms);
    this.#onStep(`${step}: ${(took_ms / 1000).toFixed(1)} s`);
    return done;
  }

  /** A node has gone through containerlab's stages. */
  nodeIsUp(name: string): void {
    this.#nodes.set(name, performance.now() - this.#began);
  }

  /** Step to milliseconds, in the order of the steps. */
  get steps_ms(): Record<string, number> {
    return Object.fromEntries(this.#steps);
  }

  /** Node to the milliseconds from the beginning until it was up. */
  get node_up_ms(): Record<string, number> {
    return Object.fromEntries(this.#nodes);
  }
}
