import { z } from 'zod';
import type { ClusterFacts } from './cluster-facts.ts';
import { TABLE_MOMENTS } from './dhcp-facts.ts';

/** The shape of the types in cluster-facts.ts. */
export const clusterFactsSchema = z.object({
  name: z.string(),
  members: z.array(
    z.object({ node: z.string(), macs: z.array(z.string()), corosync_conf: z.string().exactOptional() }),
  ),
  cib: z.string().exactOptional(),
  vips: z.array(z.object({ resource: z.string(), address: z.string(), owner: z.string().exactOptional() })),
  views: z.array(
    z.object({
      when: z.enum(TABLE_MOMENTS),
      at_ns: z.number(),
      node: z.string().exactOptional(),
      file: z.string().exactOptional(),
    }),
  ),
  alerts: z.array(z.object({ node: z.string(), file: z.string() })),
  fencing_logs: z.array(z.object({ node: z.string(), file: z.string() })).exactOptional(),
}) satisfies z.ZodType<ClusterFacts>;
