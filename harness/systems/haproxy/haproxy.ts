import type { System } from '../system.ts';
import { HAPROXY_CFG, type HaproxyFiles, loadHaproxy } from './config/load-haproxy.ts';

/** HAProxy, started by an image or by a cluster. */
export const haproxy: System<readonly HaproxyFiles[]> = {
  name: 'haproxy',
  metrics: {},
  needs: 'HAProxy: no node has a haproxy.cfg bound',
  isIn: ({ nodes }) => nodes.some(({ binds }) => binds.some(({ target }) => target.startsWith(HAPROXY_CFG))),
  load: async (topology) => {
    const { nodes, notes } = await loadHaproxy(topology);
    return { files: nodes, notes, sources: [] };
  },
};
