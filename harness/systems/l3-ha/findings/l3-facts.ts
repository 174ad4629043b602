import { z } from 'zod';

/**
 * What a place did at a moment: `active` holds the router's address; `standby` runs keepalived without it; `silent` is
 * bound and up and does not; `down` is bound to a host that does not run; `stray` is bound to no router and runs keepalived
 * or holds the address; `spare` is ready and idle; `away` is as idle, and its host does not run.
 */
const PLACE_STATES = ['active', 'standby', 'silent', 'down', 'stray', 'spare', 'away'] as const;
export type PlaceState = (typeof PLACE_STATES)[number];

const when = z.enum(['before', 'during', 'after']);

export const placementShape = z.object({
  when,
  router: z.string(),
  /** By host, in the order of the topology. */
  hosts: z.record(z.string(), z.enum(PLACE_STATES)),
});
export type Placement = z.infer<typeof placementShape>;

/** What is noted of the scheduler in a trial. */
export const l3FactsShape = z.object({
  enabled: z.boolean(),
  agent_down_ms: z.number(),
  report_interval_ms: z.number(),
  placements: z.array(placementShape),
  moves: z.array(
    z.object({
      at_ns: z.number(),
      router: z.string(),
      from_host: z.string(),
      to_host: z.string().nullable(),
    }),
  ),
  /** Routers that had no standby in place when healing was about to begin. */
  wanting: z.array(z.string()),
  /** When a router that had lost a replica was first seen with its standbys in place again. */
  restored: z.array(z.object({ at_ns: z.number(), router: z.string() })),
});
export type L3Facts = z.infer<typeof l3FactsShape>;
