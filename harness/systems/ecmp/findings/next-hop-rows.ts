import { z } from 'zod';
import { msFromNs } from '../../../ground/time.ts';
import type { TrialWindows } from '../../../journal/trial-facts.ts';
import type { EcmpFacts } from './ecmp-facts.ts';
import { routeHistories } from './route-history.ts';

/** What a router's route to an address was from a moment on. */
export const nextHopRow = z.object({
  router: z.string(),
  destination: z.string(),
  /** After the fault, in ms; null: before it. */
  at_ms: z.number().nullable(),
  /** After the healing began. */
  healing: z.boolean(),
  /** Nodes. */
  next_hops: z.array(z.string()),
  /** Those of the row before that are no more. */
  without: z.array(z.string()),
});
export type NextHopRow = z.infer<typeof nextHopRow>;

/** Every state of every route that was there before the fault. */
export function nextHopRows(
  routers: EcmpFacts['routers'],
  { fault_ns, heal_ns }: Pick<TrialWindows, 'fault_ns' | 'heal_ns'>,
): NextHopRow[] {
  return routers.flatMap((router) => {
    const nodes = new Map(router.announcers.map(({ address, node }) => [address, node]));
    const named = (hops: readonly string[]) => hops.map((hop) => nodes.get(hop) ?? hop);
    return [...routeHistories(router, heal_ns)].flatMap(([destination, history]) =>
      history.map(
        ({ at_ns, next_hops }, at): NextHopRow => ({
          router: router.node,
          destination,
          at_ms: at_ns === undefined ? null : msFromNs(at_ns - fault_ns),
          healing: at_ns !== undefined && at_ns >= heal_ns,
          next_hops: named(next_hops),
          without: named((history[at - 1]?.next_hops ?? []).filter((hop) => !next_hops.includes(hop))),
        }),
      ),
    );
  });
}
