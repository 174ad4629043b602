import { z } from 'zod';
import type { RouterMember } from '../../../journal/trial-facts.ts';

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

/** A router that was asked to be created or deleted, and what came of it until that was undone. */
const requestShape = z.object({
  kind: z.enum(['create', 'delete']),
  router: z.string(),
  vrid: z.int(),
  vip: z.string(),
  at_ns: z.number(),
  /** Of a creation: where it was placed, the host whose replica is started first in front. Of a deletion: where it was. */
  hosts: z.array(z.string()),
  /** Why it was not created. */
  refusal: z.string().exactOptional(),
  /** The nodes that held its address right before. */
  holders: z.array(z.string()),
  /** When undoing it began. */
  undone_ns: z.number().exactOptional(),
  /** What kept the hosts that work from doing it. */
  trouble: z.string().exactOptional(),
  /** What was seen right before it was undone; absent where nothing could be. */
  seen: z
    .object({
      /** Of a creation: it had a standby in place at each of its hosts. */
      redundant: z.boolean(),
      /** Of a deletion: places where a daemon of it ran, or that held its address. */
      left: z.array(z.string()),
      /** Its hosts whose agents did not work: they hung, or the host was down. */
      unable: z.array(z.string()),
      /** Of a creation: its members as they were configured. */
      member_conf: z.array(z.custom<RouterMember>()),
    })
    .exactOptional(),
  /** Of a creation: when it was first seen with its standbys in place. */
  redundant_ns: z.number().exactOptional(),
});
export type RouterRequestFacts = z.infer<typeof requestShape>;

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
  /** In the order in which they came; absent in records of before. */
  requests: z.array(requestShape).exactOptional(),
});
export type L3Facts = z.infer<typeof l3FactsShape>;
