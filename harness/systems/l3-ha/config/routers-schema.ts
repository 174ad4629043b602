import { z } from 'zod';
import { AGENT_TIMES } from '../../neutron-scheduling/agent-times-file.ts';

/**
 * What a routers file may say. Where it says nothing, Neutron's own defaults hold: of `min_l3_agents_per_router` the one
 * that it had until Ocata, which removed the option.
 */
export const routersSchema = z.strictObject({
  l3_ha: z.boolean().default(false).describe('routers have replicas; false: each has one place'),
  max_l3_agents_per_router: z
    .int()
    .min(0)
    .default(3)
    .describe('replicas of a router at most; 0: on every host'),
  min_l3_agents_per_router: z.int().min(0).default(2).describe('with fewer live hosts no router is created'),
  allow_automatic_l3agent_failover: z.boolean().default(false).describe('start lost replicas on other hosts'),
  ...AGENT_TIMES,
  routers: z
    .record(
      z.string(),
      z.strictObject({
        created: z
          .enum(['at_start', 'later'])
          .default('at_start')
          .describe('`later`: it is not there until the fault `create-router` asks for it'),
      }),
    )
    .describe('by name, in the order in which they are created'),
});

export type RoutersFile = z.output<typeof routersSchema>;
