import type { CibIndex } from './cib-index.ts';
import { type RuleInput, ruleHolds } from './cib-rules.ts';
import { childrenOf, type XmlElement } from './xml.ts';

/** The values that several sets of `nvpair`s give together. */
export interface CibValues {
  /** By name. */
  pairs: ReadonlyMap<string, XmlElement>;
  /** Names whose value depends on a rule that is not followed, with that rule. */
  open: ReadonlyMap<string, XmlElement>;
}

const INFINITY = 1_000_000;

/**
 * Joins sets as Pacemaker 3.0 does: the set with the highest `score` first, of equal scores the last one in the file;
 * of a name the first value found counts, and `#default` takes it away again. A set whose rule does not hold is left out.
 * @param first the id of a set that comes before all others.
 */
export function valuesOf(
  sets: readonly XmlElement[],
  index: CibIndex,
  input: RuleInput,
  first?: string,
): CibValues {
  const pairs = new Map<string, XmlElement>();
  const open = new Map<string, XmlElement>();
  for (const set of inOrder(sets, first)) {
    const rule = childrenOf(set, 'rule')[0];
    const holds = rule ? ruleHolds(index.meant(rule), input) : true;
    if (holds === false) continue;
    for (const pair of childrenOf(set, 'nvpair')) {
      const meant = index.meant(pair);
      const name = pair.attributes.name ?? meant.attributes.name;
      if (name === undefined) continue;
      const removes = meant.attributes.value?.toLowerCase() === '#default';
      if (rule && holds === undefined && (removes || !pairs.has(name))) open.set(name, rule);
      else if (removes) pairs.delete(name);
      else if (!pairs.has(name)) pairs.set(name, meant);
    }
  }
  return { pairs, open };
}

/** The values alone; those that are not followed are as if no rule held. */
export function textsOf({ pairs }: CibValues): Record<string, string> {
  return Object.fromEntries([...pairs].map(([name, pair]) => [name, pair.attributes.value ?? '']));
}

function inOrder(sets: readonly XmlElement[], first: string | undefined): XmlElement[] {
  const rank = (set: XmlElement) =>
    first !== undefined && set.attributes.id === first ? Number.POSITIVE_INFINITY : scoreOf(set);
  return sets.toReversed().sort((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
}

function scoreOf({ attributes: { score } }: XmlElement): number {
  const match = /^([+-]?)(INFINITY|\d+)$/i.exec(score ?? '0');
  if (!match) return 0;
  const amount = /^\d/.test(match[2]!) ? Math.min(Number(match[2]), INFINITY) : INFINITY;
  return match[1] === '-' ? -amount : amount;
}
