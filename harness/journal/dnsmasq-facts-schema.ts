import { z } from 'zod';
import type { DnsmasqFacts } from './dnsmasq-facts.ts';

/** The shape of the type in dnsmasq-facts.ts. */
export const dnsmasqFactsSchema = z.object({
  node: z.string(),
  host: z.string(),
  addresses: z.array(z.string()),
  args: z.array(z.string()),
  files: z.record(z.string(), z.string()),
  dirs: z.record(z.string(), z.array(z.string())),
  survived: z.boolean().exactOptional(),
}) satisfies z.ZodType<DnsmasqFacts>;
