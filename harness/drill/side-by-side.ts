/** The trials of a run that are not begun yet, by index. Whoever has a lab that is free takes the next one. */
export class TrialQueue {
  #next: number;
  readonly #end: number;
  #stopped = false;

  /** @param first index of the first one. */
  constructor(first: number, count: number) {
    this.#next = first;
    this.#end = first + count;
  }

  /** The next one; undefined when there is none, or none is to be begun any more. */
  next(): number | undefined {
    if (this.#stopped || this.#next >= this.#end) return undefined;
    this.#next += 1;
    return this.#next - 1;
  }

  /** No other trial is begun. */
  stop(): void {
    this.#stopped = true;
  }

  get stopped(): boolean {
    return this.#stopped;
  }
}

/**
 * Does the work in every lab, and ends when all have. What goes wrong in one lets the others end the trial that they are
 * in, and begin no other.
 * @throws what the first lab has thrown.
 */
export async function sideBySide<Lab>(
  labs: readonly Lab[],
  queue: { stop(): void },
  work: (lab: Lab) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  await Promise.all(
    labs.map((lab) =>
      work(lab).catch((error: unknown) => {
        queue.stop();
        failures.push(error);
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
}
