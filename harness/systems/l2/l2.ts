import type { System } from '../system.ts';
import { isSwitch, loadSwitches, type Switch } from './config/load-switches.ts';
import { foreseeGaps } from './findings/foresee-gaps.ts';
import { l2Analysis } from './findings/l2-analysis.ts';
import { NAME } from './findings/l2-facts.ts';
import { blastRadius, datapathSentences, switchTable } from './findings/l2-tables.ts';
import { L2_METRICS } from './metrics.ts';

/** Switches of machines, and the agent on each that has them forward: Open vSwitch as OpenStack uses it. */
export const l2: System<readonly Switch[]> = {
  name: NAME,
  metrics: L2_METRICS,
  needs: 'a switch: no node has the image hadrill/switch',
  isIn: ({ nodes }) => nodes.some(isSwitch),
  load: async (topology, env) => ({ files: await loadSwitches(topology, env), notes: [], sources: [] }),
  foresee: foreseeGaps,
  analysis: l2Analysis,
  table: [
    { shows: 'state', of: blastRadius },
    { shows: 'state', of: switchTable },
  ],
  headline: datapathSentences,
};
