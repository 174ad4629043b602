import type { LiveSystem } from '../../live-system.ts';
import type { Routers } from '../config/routers.ts';
import { l3Ha } from '../l3-ha.ts';
import { l3Replicas } from './l3-replicas.ts';
import { L3Watch } from './l3-watch.ts';
import { RouterServer } from './router-server.ts';

export const l3Live: LiveSystem<Routers | undefined> = {
  system: l3Ha,
  audits: [l3Replicas],
  attach: (lab, routers) => {
    if (routers) RouterServer.create(lab, routers);
  },
  require: async (lab, _, signal) => {
    await RouterServer.of(lab)?.start(signal);
  },
  watch: (trial) => {
    const server = RouterServer.of(trial.lab);
    return server && new L3Watch(trial, server);
  },
};
