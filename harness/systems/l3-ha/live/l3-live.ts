import type { LiveSystem } from '../../live-system.ts';
import type { Routers } from '../config/routers.ts';
import { l3Ha } from '../l3-ha.ts';
import { createRouterFault } from './create-router.ts';
import { deleteRouterFault } from './delete-router.ts';
import { l3Replicas } from './l3-replicas.ts';
import { L3Watch } from './l3-watch.ts';
import { routerPlace } from './router-place.ts';
import { giveServer, serverOf } from './servers.ts';

export const l3Live: LiveSystem<Routers | undefined> = {
  system: l3Ha,
  audits: [l3Replicas],
  roles: { router: routerPlace },
  moves: (lab, { name }) => serverOf(lab)?.places.some(({ node }) => node === name) ?? false,
  faults: [createRouterFault, deleteRouterFault],
  attach: (lab, routers) => {
    if (routers) giveServer(lab, routers);
  },
  require: async (lab, _, signal) => {
    await serverOf(lab)?.start(signal);
  },
  watch: (trial) => {
    const server = serverOf(trial.lab);
    return server && new L3Watch(trial, server);
  },
};
