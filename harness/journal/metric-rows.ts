const CHUNK_VALUES = 1 << 16;

/** The names that trials have in common, in their order, and where each stands. */
interface Names {
  all: readonly string[];
  places: ReadonlyMap<string, number>;
}

/** The metrics of one trial. */
export class MetricRow {
  readonly #names: Names;
  readonly #chunk: Float64Array;
  readonly #from: number;

  constructor(names: Names, chunk: Float64Array, from: number) {
    this.#names = names;
    this.#chunk = chunk;
    this.#from = from;
  }

  /** The same list for all trials that have the same names. */
  get names(): readonly string[] {
    return this.#names.all;
  }

  /** One value: to make all of them for one takes a hundred times as long. */
  value(name: string): number | undefined {
    const place = this.#names.places.get(name);
    return place === undefined ? undefined : this.#chunk[this.#from + place];
  }

  /** All of them, in their order. */
  all(): Record<string, number> {
    const metrics: Record<string, number> = {};
    let at = this.#from;
    for (const name of this.#names.all) metrics[name] = this.#chunk[at++]!;
    return metrics;
  }
}

/** Metrics of very many trials: 8 bytes a value, and names once for all trials that have the same. */
export class MetricRows {
  readonly #names = new Map<string, Names>();
  #chunk = new Float64Array(0);
  #used = 0;

  add(metrics: Readonly<Record<string, number>>): MetricRow {
    const names = this.#same(Object.keys(metrics));
    const { all } = names;
    if (this.#used + all.length > this.#chunk.length) {
      this.#chunk = new Float64Array(Math.max(CHUNK_VALUES, all.length));
      this.#used = 0;
    }
    const row = new MetricRow(names, this.#chunk, this.#used);
    for (const name of all) this.#chunk[this.#used++] = metrics[name]!;
    return row;
  }

  #same(all: readonly string[]): Names {
    const text = JSON.stringify(all);
    const known = this.#names.get(text);
    if (known) return known;
    const names = { all, places: new Map(all.map((name, place) => [name, place])) };
    this.#names.set(text, names);
    return names;
  }
}
