const CHUNK_VALUES = 1 << 16;

/** Metrics of very many trials: 8 bytes a value, and names once for all trials that have the same. */
export class MetricRows {
  readonly #names = new Map<string, readonly string[]>();
  #chunk = new Float64Array(0);
  #used = 0;

  /** @returns what gives the metrics again, in their order. */
  add(metrics: Readonly<Record<string, number>>): () => Record<string, number> {
    const names = this.#same(Object.keys(metrics));
    if (this.#used + names.length > this.#chunk.length) {
      this.#chunk = new Float64Array(Math.max(CHUNK_VALUES, names.length));
      this.#used = 0;
    }
    const [chunk, from] = [this.#chunk, this.#used];
    for (const [at, name] of names.entries()) chunk[from + at] = metrics[name]!;
    this.#used += names.length;
    return () => Object.fromEntries(names.map((name, at) => [name, chunk[from + at]!]));
  }

  #same(names: readonly string[]): readonly string[] {
    const text = JSON.stringify(names);
    const known = this.#names.get(text);
    if (known) return known;
    this.#names.set(text, names);
    return names;
  }
}
