import { pairWord } from '../../system-analysis.ts';
import type { Switch } from './load-switches.ts';

/** Which nodes are wired to which, by a wire or by a segment that they share. */
export type Links = readonly (readonly [string, string])[];

/** The links of all wires at switches, and of the other segments that two nodes share. */
export function linksOf(segments: ReadonlyMap<string, readonly string[]>): [string, string][] {
  const links = new Map<string, [string, string]>();
  for (const nodes of segments.values())
    for (const [at, a] of nodes.entries())
      for (const b of nodes.slice(at + 1)) if (a !== b) links.set(pairWord(a, b), [a, b]);
  return [...links.values()];
}

/** How frames get from one node to another, as far as the wiring says. */
export class Ways {
  readonly #neighbours = new Map<string, Set<string>>();
  readonly #switches: ReadonlySet<string>;

  constructor(links: Links, switches: readonly Pick<Switch, 'node'>[]) {
    this.#switches = new Set(switches.map(({ node }) => node));
    for (const [a, b] of links) {
      this.#of(a).add(b);
      this.#of(b).add(a);
    }
  }

  /**
   * The switches without which nothing gets from one node to the other, in alphabetical order. Where switches alone lie
   * between them, only switches carry on; else any node may.
   */
  between(from: string, to: string): string[] {
    const isSwitch = (node: string) => this.#switches.has(node);
    const carries = this.#connects(from, to, isSwitch) ? isSwitch : () => true;
    if (!this.#connects(from, to, carries)) return [];
    return [...this.#switches]
      .filter(
        (one) =>
          one === from || one === to || !this.#connects(from, to, (node) => node !== one && carries(node)),
      )
      .toSorted();
  }

  /** Pairs of nodes, none of them a switch, that this switch lies between. */
  pairsAcross(node: string): Set<string> {
    const ends = [...this.#neighbours.keys()].filter((one) => !this.#switches.has(one));
    const pairs = ends.flatMap((a, at) => ends.slice(at + 1).map((b) => [a, b] as const));
    return new Set(
      pairs.filter(([a, b]) => this.between(a, b).includes(node)).map(([a, b]) => pairWord(a, b)),
    );
  }

  /** Both are wired to this switch itself: nothing between them leaves it. */
  isInside(node: string, pair: string): boolean {
    return pair.split(' ').every((end) => this.#of(node).has(end));
  }

  #connects(from: string, to: string, carries: (node: string) => boolean): boolean {
    const seen = new Set([from]);
    for (const node of seen) {
      if (node === to) return true;
      if (node !== from && !carries(node)) continue;
      for (const next of this.#of(node)) seen.add(next);
    }
    return false;
  }

  #of(node: string): Set<string> {
    const known = this.#neighbours.get(node) ?? new Set<string>();
    this.#neighbours.set(node, known);
    return known;
  }
}
