import { z } from 'zod';
import type { TrialFacts } from '../../../journal/trial-facts.ts';
import { systemFacts } from '../../system-facts.ts';

/** The key of the facts of all systems under which it stands. */
export const NAME = 'ecmp';

const silence = z.object({
  /** The interval at which the announcer's packets come, and after how many that do not it is gone (RFC 5880); null without BFD. */
  bfd: z.object({ interval_ms: z.number(), multiplier: z.number() }).nullable(),
  /** As the two speakers agree on it (RFC 4271 §4.2). */
  hold_ms: z.number(),
  keepalive_ms: z.number(),
});
/** When a router takes a silent announcer for gone. */
export type Silence = z.infer<typeof silence>;

const check = z.object({
  interval_ms: z.number(),
  timeout_ms: z.number(),
  fall: z.int(),
});
/** How an announcer asks its own HAProxy. */
export type Check = z.infer<typeof check>;

const announcer = z.object({
  node: z.string(),
  /** The router's next hop. */
  address: z.string(),
  interface: z.string(),
  /** What is known of it, or why it is not. */
  silence: z.union([silence, z.string()]),
  check: z.union([check, z.string()]),
});
/** A node that announces addresses to a router. */
export type Announcer = z.infer<typeof announcer>;

const router = z.object({ node: z.string(), announcers: z.array(announcer) });
/** A router that spreads flows over those that announce an address. */
export type EcmpRouter = z.infer<typeof router>;

const routes = z.array(z.object({ destination: z.string(), next_hops: z.array(z.string()) }));
/** Routes of a routing daemon in a router's kernel: destination to the addresses of next hops. */
export type Routes = z.infer<typeof routes>;

const routeChange = z.object({
  at_ns: z.number(),
  destination: z.string(),
  /** None: the route is gone. */
  next_hops: z.array(z.string()),
});
/** A change of a route, as the router's kernel told it. */
export type RouteChange = z.infer<typeof routeChange>;

const shape = z.object({
  routers: z.array(
    router.extend({
      /** Right before the first fault; null where the kernel did not say. */
      before: routes.nullable(),
      /** When healing was about to begin. */
      during: routes.nullable(),
      /** From the start of the measuring on, in order; null where the kernel was not heard to the end. */
      changes: z.array(routeChange).nullable(),
    }),
  ),
  /** Where the routers' frames go to the announcers: by segment, MAC address to node. */
  segments: z.record(z.string(), z.record(z.string(), z.string())),
});
export type EcmpFacts = z.infer<typeof shape>;

/** @throws InputError when they are not what they should be. */
export function ecmpFactsOf(facts: Pick<TrialFacts, 'systems'>): EcmpFacts | undefined {
  return systemFacts(facts, NAME, shape);
}

/** The addresses that clients ask at: what the routers had more than a network's route for, and next hops that announce. */
export function serviceAddresses({ routers }: Pick<EcmpFacts, 'routers'>): Set<string> {
  return new Set(
    routers.flatMap(({ before, announcers }) =>
      (before ?? [])
        .filter(({ next_hops }) => announcers.some(({ address }) => next_hops.includes(address)))
        .map(({ destination }) => destination),
    ),
  );
}
