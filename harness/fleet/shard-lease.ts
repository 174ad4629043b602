/** A shard that was given to so many nodes in vain may be what ends them. */
const MOST_ATTEMPTS = 3;

/** Which shard a node makes next. */
export interface Leased {
  shard: number;
  /** From 1 on. */
  attempt: number;
}

/**
 * Gives shards out to nodes that are free: each to one node at a time, one that was lost again, to another node where there is
 * one. Pure: who asks when is the caller's.
 */
export class ShardLease {
  readonly #open: number[];
  readonly #held = new Map<number, string>();
  readonly #done = new Set<number>();
  readonly #attempts = new Map<number, number>();
  /** By which nodes a shard was lost, and why. */
  readonly #lost = new Map<number, Map<string, string>>();
  readonly #count: number;

  /** @param count how many shards there are, numbered from 1 on. */
  constructor(count: number) {
    this.#count = count;
    this.#open = Array.from({ length: count }, (_, at) => at + 1);
  }

  /**
   * @param others the nodes that could make one now, beside this one.
   * @returns undefined when there is nothing for this node at the moment.
   */
  next(node: string, others: readonly string[]): Leased | undefined {
    const at = this.#open.findIndex((shard) => this.#mayHave(node, shard, others));
    if (at < 0) return undefined;
    const [shard] = this.#open.splice(at, 1) as [number];
    const attempt = (this.#attempts.get(shard) ?? 0) + 1;
    this.#attempts.set(shard, attempt);
    this.#held.set(shard, node);
    return { shard, attempt };
  }

  /** Its results are home. */
  done(shard: number): void {
    this.#held.delete(shard);
    this.#done.add(shard);
  }

  /** It is to be made again: its node was lost, or could not make it. */
  lost(shard: number, why: string): void {
    const node = this.#held.get(shard) ?? '';
    this.#held.delete(shard);
    this.#lost.set(shard, (this.#lost.get(shard) ?? new Map()).set(node, why));
    if ((this.#attempts.get(shard) ?? 0) < MOST_ATTEMPTS) this.#open.unshift(shard);
  }

  /** Whether any shard can still be made, or is being made. */
  get unfinished(): boolean {
    return this.#open.length + this.#held.size > 0;
  }

  /** Shards without results, each with why, for people. */
  get missing(): { shard: number; why: string }[] {
    return Array.from({ length: this.#count }, (_, at) => at + 1)
      .filter((shard) => !this.#done.has(shard))
      .map((shard) => {
        const lost = [...(this.#lost.get(shard) ?? [])].map(([node, why]) => `${node}: ${why}`);
        return { shard, why: lost.join('; ') || 'no node was left for it' };
      });
  }

  #mayHave(node: string, shard: number, others: readonly string[]): boolean {
    const lost = this.#lost.get(shard);
    return !lost?.has(node) || others.every((other) => lost.has(other));
  }
}

/**
 * How many shards a run has: two for each node, so that a node that is quick makes more, and a node that is lost loses half;
 * but none without a trial.
 */
export function shardCount(trials: number, nodes: number, asked?: number): number {
  return Math.max(1, Math.min(trials, asked ?? 2 * nodes));
}
