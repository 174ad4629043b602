import { z } from 'zod';
import type { Environment } from './environment.ts';

const byName = z.record(z.string(), z.string());

/** The shape of what a run's numbers were made on. */
export const environmentSchema = z.object({
  kernel: z.string(),
  engine: z.string(),
  machine: z.string().exactOptional(),
  cpus: z.number(),
  load: z.array(z.number()),
  images: byName,
  versions: byName,
  memory_bytes: z.record(z.string(), z.number()).exactOptional(),
  setup_ms: z.record(z.string(), z.number()).exactOptional(),
  node_up_ms: z.record(z.string(), z.number()).exactOptional(),
  engines: z
    .array(
      z.object({
        name: z.string(),
        machine: z.string(),
        cpus: z.number(),
        kernel: z.string(),
        engine: z.string(),
        images: byName,
      }),
    )
    .exactOptional(),
  machines: z
    .array(z.object({ machine: z.string(), cpus: z.number(), kernel: z.string(), engine: z.string() }))
    .exactOptional(),
}) satisfies z.ZodType<Environment>;
