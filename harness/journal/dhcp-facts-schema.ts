import { z } from 'zod';
import { type DhcpFacts, TABLE_MOMENTS } from './dhcp-facts.ts';

/** The shape of the types in dhcp-facts.ts. */
export const dhcpFactsSchema = z.object({
  places: z.array(
    z.object({
      node: z.string(),
      host: z.string(),
      network: z.string(),
      server: z.string(),
      bound: z.boolean(),
    }),
  ),
  tables: z.array(
    z.object({
      when: z.enum(TABLE_MOMENTS),
      at_ns: z.number(),
      node: z.string(),
      file: z.string().exactOptional(),
      bound: z.boolean(),
    }),
  ),
  rescheduling: z.object({
    enabled: z.boolean(),
    agent_down_ms: z.number(),
    report_interval_ms: z.number(),
    moves: z.array(
      z.object({
        at_ns: z.number(),
        network: z.string(),
        from_host: z.string(),
        to_host: z.string().nullable(),
      }),
    ),
  }),
}) satisfies z.ZodType<DhcpFacts>;
