import type { System } from '../system.ts';
import { type EcmpFiles, hasBird, loadEcmp } from './config/load-ecmp.ts';
import { ecmpAnalysis } from './findings/ecmp-analysis.ts';
import { NAME } from './findings/ecmp-facts.ts';
import { foreseeWithdrawal } from './findings/foresee-withdrawal.ts';
import { nextHopTable } from './findings/next-hop-table.ts';
import { ECMP_METRICS } from './metrics.ts';

/** Nodes that announce the same address by BGP, and the routers that spread flows over them: equal-cost multipath. */
export const ecmp: System<EcmpFiles> = {
  name: NAME,
  metrics: ECMP_METRICS,
  needs: 'a router that learns an address from several nodes: no node has a bird.conf bound',
  isIn: ({ nodes }) => nodes.some(hasBird),
  load: async (topology) => ({ files: await loadEcmp(topology), notes: [], sources: [] }),
  foresee: foreseeWithdrawal,
  analysis: ecmpAnalysis,
  table: { shows: 'state', of: nextHopTable },
};
