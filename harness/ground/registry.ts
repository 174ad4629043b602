import { InputError } from './errors.ts';
import { didYouMean } from './near-name.ts';

/** Kinds of one thing by name, in the order of their list. */
export interface Registry<Kind> extends ReadonlyMap<string, Kind> {
  /** @throws InputError with the nearest name and all that there are, when there is none of this name. */
  need(name: string): Kind;
  /** What there is in place of a name that there is not, for the end of a sentence: `; there are crash, cut`. */
  instead(name: string): string;
}

/**
 * The kinds of a list by their names. A new kind is a file and a line in the list.
 * @param what the word for one of them, for messages: `fault`.
 * @throws Error when two have the same name: one would hide the other without a word.
 */
export function registryOf<Kind>(
  what: string,
  kinds: Iterable<Kind>,
  nameOf: (kind: Kind) => string,
): Registry<Kind> {
  return new KindMap(what, kinds, nameOf);
}

class KindMap<Kind> extends Map<string, Kind> implements Registry<Kind> {
  readonly #what: string;

  constructor(what: string, kinds: Iterable<Kind>, nameOf: (kind: Kind) => string) {
    super();
    this.#what = what;
    for (const kind of kinds) {
      const name = nameOf(kind);
      if (this.has(name)) throw new Error(`there are two kinds of ${what} with the name '${name}'`);
      this.set(name, kind);
    }
  }

  need(name: string): Kind {
    const kind = this.get(name);
    if (kind === undefined) throw new InputError(`there is no ${this.#what} '${name}'${this.instead(name)}`);
    return kind;
  }

  instead(name: string): string {
    const names = [...this.keys()];
    return `${didYouMean(name, names)}; there are ${names.join(', ')}`;
  }
}
