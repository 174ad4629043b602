/** What hadrill itself has asked the engine to do with containers, to tell it from what others did. */
export class OwnActs {
  readonly #expected = new Map<string, number>();

  /** To be called before the engine is asked. @param act the engine's word: `start`, `stop`. */
  expect(container_id: string, act: string): void {
    this.#add(container_id, act, 1);
  }

  /** The engine did not do it. */
  withdraw(container_id: string, act: string): void {
    this.#add(container_id, act, -1);
  }

  /** Whether something that the engine reports was asked for here. Each expectation answers once. */
  explains(container_id: string, act: string): boolean {
    // A stop is made of signals, of which each is reported as `kill`.
    if (act === 'kill') return this.#count(container_id, 'stop') > 0;
    if (this.#count(container_id, act) === 0) return false;
    this.#add(container_id, act, -1);
    return true;
  }

  #count(container_id: string, act: string): number {
    return this.#expected.get(`${container_id} ${act}`) ?? 0;
  }

  #add(container_id: string, act: string, count: number): void {
    this.#expected.set(`${container_id} ${act}`, this.#count(container_id, act) + count);
  }
}
