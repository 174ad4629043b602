import type { System } from '../system.ts';
import { HAPROXY_CFG, type HaproxyFiles, loadHaproxy } from './config/load-haproxy.ts';
import { foreseeDrop } from './findings/foresee-drop.ts';
import { haproxyAnalysis } from './findings/haproxy-analysis.ts';
import { NAME } from './findings/haproxy-facts.ts';

/** HAProxy, started by an image or by a cluster. */
export const haproxy: System<readonly HaproxyFiles[]> = {
  name: NAME,
  metrics: {},
  needs: 'HAProxy: no node has a haproxy.cfg bound',
  isIn: ({ nodes }) => nodes.some(({ binds }) => binds.some(({ target }) => target.startsWith(HAPROXY_CFG))),
  load: async (topology) => {
    const { nodes, notes } = await loadHaproxy(topology);
    return { files: nodes, notes, sources: [] };
  },
  foresee: foreseeDrop,
  analysis: haproxyAnalysis,
};
