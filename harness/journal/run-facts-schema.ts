import { z } from 'zod';
import { environmentSchema } from './environment-schema.ts';
import { commandSchema, expectationSchema, shardSchema } from './journal-schema.ts';
import { layoutSchema } from './layout.ts';
import { RUN_FACTS_SCHEMA, type RunFacts } from './run-facts.ts';

/** The shape of a run's facts; the types in run-facts.ts are what it checks for. */
export const runFactsSchema = z.object({
  schema: z.literal(RUN_FACTS_SCHEMA),
  drill: z.string(),
  topology: z.string(),
  profile: z.string(),
  seed: z.int(),
  started_at: z.string(),
  environment: environmentSchema,
  command: commandSchema.exactOptional(),
  scale: z.array(z.string()).exactOptional(),
  layout: layoutSchema.exactOptional(),
  probes: z.array(
    z.object({ name: z.string(), kind: z.string(), options: z.record(z.string(), z.unknown()) }),
  ),
  hold: z.object({
    steady_ms: z.number(),
    takeover_ms: z.number(),
    recovery_ms: z.number(),
    settled_ms: z.number(),
    rejoin_ms: z.number(),
  }),
  expect: z.array(expectationSchema),
  by_program: z.literal(true).exactOptional(),
  trials_asked: z.int().exactOptional(),
  shard: shardSchema.exactOptional(),
  ended_early: z.string().exactOptional(),
}) satisfies z.ZodType<RunFacts>;
