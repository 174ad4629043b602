import { z } from 'zod';
import type { TrialFacts } from '../../../journal/trial-facts.ts';
import { systemFacts } from '../../system-facts.ts';
import type { HaproxyFiles } from '../config/load-haproxy.ts';

/** The key of the facts of all systems under which it stands. */
export const NAME = 'haproxy';

const shape = z.object({
  balancers: z.array(
    z.object({
      node: z.string(),
      /** As the node has it; passwords masked. */
      haproxy_cfg: z.string(),
      /** It is all that HAProxy is started with, as far as the topology says. */
      whole: z.boolean(),
    }),
  ),
  /** Address of a server to the node that has it. */
  server_nodes: z.record(z.string(), z.string()),
});

/** What is known of the balancers of a trial. */
export type HaproxyFacts = z.output<typeof shape>;

/** What there is to note of them. */
export function noteFacts(nodes: readonly HaproxyFiles[]): HaproxyFacts {
  return {
    balancers: nodes.map(({ node, text, whole }) => ({ node, haproxy_cfg: text, whole })),
    server_nodes: Object.fromEntries(nodes.flatMap(({ server_nodes }) => [...server_nodes])),
  };
}

/** @throws InputError when they are not what they should be. */
export function haproxyFactsOf(facts: Pick<TrialFacts, 'systems'>): HaproxyFacts | undefined {
  return systemFacts(facts, NAME, shape);
}
