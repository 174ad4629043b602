import type { CibReferences } from './cib-index.ts';
import { type RuleInput, ruleHolds } from './cib-rules.ts';
import { childrenOf, type XmlElement } from './xml.ts';

/** A value, and the element that gives it. */
export interface CibPair {
  value: string;
  element: XmlElement;
}

const INFINITY = 1_000_000;

/**
 * The values that several sets of `nvpair`s give together, joined as Pacemaker 3.0 does: of a name the first value found
 * counts, and `#default` takes it away again, wherever it came from. A set whose rule does not hold is left out.
 */
export class CibValues {
  /** By name. */
  readonly pairs = new Map<string, CibPair>();
  /** Names whose value depends on a rule or a reference that is not followed, with that. */
  readonly open = new Map<string, XmlElement>();

  /**
   * Adds sets: the one with the highest `score` first, of equal scores the last one in the file.
   * @param sets as they stand, with `id-ref` where they have one.
   * @param first the id of a set that comes before all others.
   */
  add(sets: readonly XmlElement[], references: CibReferences, input: RuleInput, first?: string): this {
    for (const { set, doubt } of inOrder(sets, references, first)) {
      const rule = childrenOf(set, 'rule')[0];
      const holds = rule ? ruleHolds(references.meant(rule), input) : true;
      if (holds === false) continue;
      const open_rule = rule && (holds === undefined || references.isLost(rule)) ? rule : undefined;
      for (const pair of childrenOf(set, 'nvpair')) this.#put(pair, references, doubt ?? open_rule);
    }
    return this;
  }

  /** What counts before all that was added so far. */
  replace(values: Readonly<Record<string, string>>, element: XmlElement): this {
    for (const [name, value] of Object.entries(values)) {
      this.pairs.set(name, { value, element });
      this.open.delete(name);
    }
    return this;
  }

  /** What counts after all that was added so far. */
  fill({ pairs, open }: CibValues): this {
    for (const [name, pair] of pairs) if (!this.pairs.has(name)) this.pairs.set(name, pair);
    for (const [name, doubt] of open) {
      if (!this.pairs.has(name) || this.pairs.get(name) === pairs.get(name)) this.open.set(name, doubt);
    }
    return this;
  }

  /** The values alone; those that are not followed are as if no rule held. */
  get texts(): Record<string, string> {
    return Object.fromEntries([...this.pairs].map(([name, { value }]) => [name, value]));
  }

  #put(pair: XmlElement, references: CibReferences, why_open: XmlElement | undefined): void {
    const element = references.meant(pair);
    const name = pair.attributes.name ?? element.attributes.name;
    if (name === undefined) return;
    const { value = '' } = element.attributes;
    const removes = value.toLowerCase() === '#default';
    const doubt = why_open ?? (references.isLost(pair) ? pair : undefined);
    if (doubt) {
      if (removes ? this.pairs.has(name) : !this.pairs.has(name)) this.open.set(name, doubt);
    } else if (removes) {
      this.pairs.delete(name);
      this.open.delete(name);
    } else if (!this.pairs.has(name)) this.pairs.set(name, { value, element });
  }
}

interface Placed {
  set: XmlElement;
  /** The reference to it, where Pacemaker may not find the set. */
  doubt: XmlElement | undefined;
}

function inOrder(
  sets: readonly XmlElement[],
  references: CibReferences,
  first: string | undefined,
): Placed[] {
  const rank = ({ set }: Placed) =>
    first !== undefined && set.attributes.id === first ? Number.POSITIVE_INFINITY : scoreOf(set);
  return sets
    .toReversed()
    .map((one) => ({ set: references.meant(one), doubt: references.isLost(one) ? one : undefined }))
    .sort((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
}

function scoreOf({ attributes: { score } }: XmlElement): number {
  const match = /^([+-]?)(INFINITY|\d+)$/i.exec(score ?? '0');
  if (!match) return 0;
  const amount = /^\d/.test(match[2]!) ? Math.min(Number(match[2]), INFINITY) : INFINITY;
  return match[1] === '-' ? -amount : amount;
}
