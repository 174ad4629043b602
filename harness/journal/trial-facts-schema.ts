import { z } from 'zod';
import { clusterFactsSchema } from './cluster-facts-schema.ts';
import { dhcpFactsSchema } from './dhcp-facts-schema.ts';
import { dnsmasqFactsSchema } from './dnsmasq-facts-schema.ts';
import { auditSchema, faultSchema } from './journal-schema.ts';
import { TRIAL_FACTS_SCHEMA, type TrialFacts } from './trial-facts.ts';

const at = z.number();
const someSessions = z.object({ count: z.int(), such_as: z.array(z.string()) });

const fault = z.object({
  label: z.string(),
  before_ns: at,
  after_ns: at,
  victims: z.array(z.string()).exactOptional(),
  aim: z.object({ ends: z.enum(['processes', 'any', 'none']), names: z.array(z.string()) }).exactOptional(),
  departure: z.enum(['abrupt', 'graceful']).exactOptional(),
  stops_forwarding: z.boolean(),
  owners: z.record(z.string(), z.string()).exactOptional(),
  loss: z
    .union([
      z.object({
        node: z.string(),
        kind: z.literal('process'),
        name: z.string(),
        how: z.enum(['kill', 'hang']),
      }),
      z.object({ node: z.string(), kind: z.literal('interface'), name: z.string() }),
    ])
    .exactOptional(),
  cuts: z.array(z.object({ node: z.string(), interface: z.string() })).exactOptional(),
  signal: z.string().exactOptional(),
  down_ms: z.number().exactOptional(),
  holds_back: z.literal(true).exactOptional(),
  mended: z.object({ from_ns: at, until_ns: at }).exactOptional(),
});

const router = z.object({
  name: z.string(),
  vrid: z.int(),
  vip: z.string(),
  owner: z.string().exactOptional(),
  members: z.array(
    z.object({
      node: z.string(),
      macs: z.array(z.string()),
      wires: z
        .array(z.object({ interface: z.string(), segment: z.string(), through: z.string().exactOptional() }))
        .exactOptional(),
      keepalived_conf: z.string().exactOptional(),
      keepalived_dump: z.string().exactOptional(),
      keepalived_argv: z.array(z.string()).exactOptional(),
      keepalived_trouble: z.string().exactOptional(),
    }),
  ),
});

/** The shape of a trial's facts; the types in trial-facts.ts are what it checks for. */
export const trialFactsSchema = z.object({
  schema: z.literal(TRIAL_FACTS_SCHEMA),
  index: z.int(),
  epoch_ns: z.string().regex(/^\d+$/, 'expected decimal digits'),
  faults: z.array(faultSchema),
  fault: fault.exactOptional(),
  later_faults: z.array(fault).exactOptional(),
  windows: z
    .object({ fault_ns: at, fault_from_ns: at.exactOptional(), heal_ns: at, healed_ns: at, end_ns: at })
    .exactOptional(),
  routers: z.array(router),
  address_events: z.array(
    z.object({ at_ns: at, node: z.string(), change: z.enum(['added', 'removed']), address: z.string() }),
  ),
  address_gaps: z.array(z.object({ node: z.string(), from_ns: at, to_ns: at.nullable() })).exactOptional(),
  conntrack_fillings: z.array(
    z.object({ node: z.string(), first_ns: at, last_ns: at, entries: z.int(), complete: z.boolean() }),
  ),
  power_events: z
    .array(
      z.object({
        host: z.string(),
        nodes: z.array(z.string()),
        act: z.enum(['off', 'on']),
        by: z.string(),
        asked_ns: at,
        changed: z.boolean(),
        before_ns: at.nullable(),
        after_ns: at.nullable(),
        done_ns: at.nullable(),
      }),
    )
    .exactOptional(),
  conntrack_handovers: z
    .array(
      z.object({
        router: z.string(),
        from: z.string(),
        to: z.string(),
        sessions: z.int(),
        same: z.int(),
        otherwise: someSessions,
        lacking: someSessions,
      }),
    )
    .exactOptional(),
  pressure: z.array(
    z.object({
      at_ns: at,
      overslept_ns: z.number(),
      ticks: z.record(z.string(), z.number()),
      waiting_us: z.number().nullable(),
      running: z.int(),
      neighbours_refused: z.int().nullable().exactOptional(),
    }),
  ),
  captures: z.array(z.object({ segment: z.string(), file: z.string(), dropped: z.int(), full: z.boolean() })),
  audits: z.array(auditSchema),
  dhcp: dhcpFactsSchema.exactOptional(),
  dnsmasq: z.array(dnsmasqFactsSchema).exactOptional(),
  clusters: z.array(clusterFactsSchema).exactOptional(),
  systems: z.record(z.string(), z.unknown()).exactOptional(),
  pause_ms: z.number().exactOptional(),
  wall_ms: z.number().exactOptional(),
  watched: z.object({ second_owner_ms: z.number(), rejoin_ms: z.number() }).exactOptional(),
  failures: z.array(z.string()).exactOptional(),
  notes: z.array(z.string()).exactOptional(),
  trouble: z.string().exactOptional(),
  mended: z.boolean().exactOptional(),
}) satisfies z.ZodType<TrialFacts>;
