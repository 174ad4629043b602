import { type Random, seededRandom } from '../../harness/ground/random.ts';

/** Choices from one seed, for generators of configuration files. */
export class Seeded {
  readonly random: Random;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** True so often, of 1. */
  chance(share: number): boolean {
    return this.random.unit() < share;
  }

  any<T>(list: readonly T[]): T {
    return list[Math.floor(this.random.unit() * list.length)]!;
  }

  /** From `low` to `high` of them, one after the other. */
  some<T>(low: number, high: number, make: (at: number) => T): T[] {
    return Array.from({ length: this.random.integer(low, high) }, (_, at) => make(at));
  }

  /** In an order of its own. */
  shuffled<T>(list: readonly T[]): T[] {
    return list
      .map((one) => ({ one, at: this.random.unit() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ one }) => one);
  }
}
