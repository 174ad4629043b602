import type { LiveSystem } from '../../live-system.ts';
import { vrrp } from '../vrrp.ts';
import { checkKeepalived } from './check-keepalived.ts';
import { requireKeepalived, virtualRouters } from './virtual-routers.ts';

export const vrrpLive: LiveSystem<undefined> = {
  system: vrrp,
  require: async (lab) => {
    for (const router of virtualRouters(lab)) await requireKeepalived(lab, router);
  },
  check: (lab, _, signal) => checkKeepalived(lab, signal),
};
