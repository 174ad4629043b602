import type { EcmpRouter, Routes } from './ecmp-facts.ts';

/** Buckets of a resilient next-hop group by the address of the next hop that they lead to. */
export type Buckets = Readonly<Record<string, number>>;

/** A next hop that came back has its share when it has so much of an equal one: the last buckets wait for flows to be idle. */
const ENOUGH = 0.7;

/**
 * Why a router does not spread flows over all that announce; undefined where it does.
 * @param groups its resilient next-hop groups.
 */
export function notSpread(
  { node, announcers }: EcmpRouter,
  routes: Routes,
  groups: readonly Buckets[],
): string | undefined {
  const hops = new Set(routes.flatMap(({ next_hops }) => next_hops));
  const lacking = announcers.filter(({ address }) => !hops.has(address)).map((one) => one.node);
  if (lacking.length > 0) return `'${node}' has no route to ${lacking.join(' and ')}`;
  for (const buckets of groups) {
    const all = Object.values(buckets).reduce((sum, one) => sum + one, 0);
    const equal = all / announcers.length;
    const poor = announcers.filter(({ address }) => (buckets[address] ?? 0) < ENOUGH * equal);
    if (poor.length > 0) {
      const [{ node: of, address }] = poor as [EcmpRouter['announcers'][number]];
      return `${of} has ${buckets[address] ?? 0} of ${all} buckets of a next-hop group of '${node}'`;
    }
  }
  return undefined;
}
