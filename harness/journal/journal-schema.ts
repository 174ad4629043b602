import { z } from 'zod';
import { TABLE_MOMENTS } from './dhcp-facts.ts';
import { environmentSchema } from './environment-schema.ts';
import { JOURNAL_SCHEMA, type Journal, LOSS_DIRECTIONS, OPS, STATS, type Trial } from './journal.ts';
import type { ShardOfRun } from './shard.ts';
import { TIMELINE_EVENTS } from './timeline-event.ts';

const verdict = z.enum(['pass', 'fail', 'unknown']);
const byName = <T extends z.ZodType>(value: T) => z.record(z.string(), value);

export const faultSchema = z.object({
  kind: z.string(),
  target: z.string(),
  resolved: z.string(),
  applied_at: z.string(),
  reverted_at: z.string().nullable(),
  verified: z.boolean(),
  healing: z
    .array(
      z.object({
        step: z.enum(['revert', 'replug', 'recreate']),
        outcome: z.enum(['healed', 'failed', 'left-out']),
        why: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
  planned: z
    .object({
      entry: z.int().nonnegative(),
      at_ms: z.number().exactOptional(),
      after_ms: z.number(),
      heal_ms: z.number().exactOptional(),
      drawn: z.literal(true).exactOptional(),
    })
    .exactOptional(),
});

export const auditSchema = z.object({
  name: z.string(),
  verdict,
  detail: z.string(),
  passing: z.literal(true).exactOptional(),
});

export const expectationSchema = z.object({
  metric: z.string(),
  stat: z.enum(STATS),
  op: z.enum(OPS),
  value: z.number(),
  known: z.string().exactOptional(),
});

const outage = z.object({
  probe: z.string(),
  start_ms: z.number(),
  outage_ms: z.number(),
  outage_error_ms: z.number(),
  loss_derived_ms: z.number(),
  lost: z.int(),
  answered: z.int().exactOptional(),
  open: z.boolean(),
  direction: z.enum(LOSS_DIRECTIONS).exactOptional(),
});

const degraded = z.object({
  probe: z.string(),
  measure: z.string().exactOptional(),
  start_ms: z.number(),
  degraded_ms: z.number(),
  degraded_error_ms: z.number(),
  loss_ratio: z.number(),
  ratio_low: z.number().exactOptional(),
  ratio_high: z.number().exactOptional(),
  lost: z.int(),
  longest_run: z.int().exactOptional(),
  open: z.boolean(),
  direction: z.enum(LOSS_DIRECTIONS).exactOptional(),
});

const leaseTable = z.object({
  when: z.enum(TABLE_MOMENTS),
  node: z.string(),
  host: z.string(),
  network: z.string(),
  bound: z.boolean(),
  leases: z
    .object({
      lines: z.int(),
      own: z.int(),
      own_written: z.int(),
      others: z.int(),
      others_written: z.int(),
      others_initial: z.int(),
      others_older: z.int(),
      others_unknown: z.int(),
    })
    .exactOptional(),
});

const cluster = z.object({
  when: z.enum(TABLE_MOMENTS),
  cluster: z.string(),
  said: z
    .object({
      by: z.string(),
      dc: z.string().exactOptional(),
      with_quorum: z.boolean(),
      nodes: byName(z.string()),
      resources: z.array(
        z.object({
          id: z.string(),
          role: z.string(),
          nodes: z.array(z.string()),
          failed: z.boolean(),
          blocked: z.boolean(),
          fencing: z.literal(true).exactOptional(),
        }),
      ),
      failures: z.array(z.string()),
    })
    .exactOptional(),
});

export const commandSchema = z.object({
  drill: z.string(),
  out: z.string(),
  jobs: z.int().positive().exactOptional(),
  engines: z.string().exactOptional(),
  replay_of: z.string().exactOptional(),
  environment: byName(z.string().nullable()),
  images: byName(z.string()).exactOptional(),
  cell: z.string().exactOptional(),
  keep_records: z.union([z.enum(['all', 'failed']), z.int().nonnegative()]).exactOptional(),
  files: z
    .object({
      paths: z.array(z.string()).max(10_000),
      salt: z.string(),
      digest: z.string(),
      each: z.array(z.string()).max(10_000).exactOptional(),
    })
    .exactOptional(),
});

export const shardSchema = z.object({
  number: z.int().positive(),
  of: z.int().positive(),
  first: z.int().positive(),
  last: z.int().positive(),
  trials: z.int().positive(),
}) satisfies z.ZodType<ShardOfRun>;

const bound = z.object({
  low: z.number(),
  high: z.number(),
  from: z.string(),
  at_phase: z.number().exactOptional(),
});

/** One trial of a journal, and of a line of its results. */
export const trialSchema = z.object({
  index: z.int(),
  verdict,
  machine: z.string().exactOptional(),
  engine: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  doubts: z.array(z.string()).exactOptional(),
  faults: z.array(faultSchema),
  metrics: byName(z.number()),
  bounds: byName(bound),
  missing_metrics: byName(z.string()).exactOptional(),
  missing_bounds: byName(z.string()).exactOptional(),
  lower_bounds: z.array(z.string()).exactOptional(),
  least: byName(z.number()).exactOptional(),
  parts: byName(
    z.array(
      z.object({
        of: z.string(),
        value: z.number().exactOptional(),
        bound: bound.exactOptional(),
        missing: z.string().exactOptional(),
      }),
    ),
  ).exactOptional(),
  notes: z.array(z.string()).exactOptional(),
  audits: z.array(auditSchema),
  timeline: z
    .array(z.object({ at_ms: z.number(), event: z.enum(TIMELINE_EVENTS), detail: z.string() }))
    .default([]),
  outages: z.array(outage).default([]),
  degraded: z.array(degraded).exactOptional(),
  lease_tables: z.array(leaseTable).exactOptional(),
  clusters: z.array(cluster).exactOptional(),
  systems: byName(z.array(z.unknown())).exactOptional(),
  records: z.string().exactOptional(),
  records_dropped: z.literal(true).exactOptional(),
}) satisfies z.ZodType<Trial>;

/** What the trials of a run say together of one metric. */
export const summarySchema = z.object({
  n: z.int(),
  min: z.number(),
  median: z.number(),
  p95: z.number(),
  max: z.number(),
  ci95: z.tuple([z.number(), z.number()]),
  lower_bounds: z.int().exactOptional(),
});

/** The shape of a journal file; the types in journal.ts are the contract, this only checks it. */
export const journalSchema = z.object({
  schema: z.literal(JOURNAL_SCHEMA),
  drill: z.string(),
  topology: z.string(),
  profile: z.string(),
  seed: z.int(),
  started_at: z.string(),
  verdict,
  environment: environmentSchema,
  command: commandSchema.exactOptional(),
  scale: z.array(z.string()).exactOptional(),
  expectations: z.array(
    expectationSchema.extend({
      observed: z.number().nullable(),
      verdict,
      at_least: z.literal(true).exactOptional(),
      detail: z.string().exactOptional(),
    }),
  ),
  by_program: z.literal(true).exactOptional(),
  trials_asked: z.int().exactOptional(),
  shard: shardSchema.exactOptional(),
  ended_early: z.string().exactOptional(),
  trials: z.array(trialSchema),
  // A journal of a run without repetitions may leave them out.
  repeated: z.array(trialSchema).default([]),
  summary: byName(summarySchema),
}) satisfies z.ZodType<Journal>;
