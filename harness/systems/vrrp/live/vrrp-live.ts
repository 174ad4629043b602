import type { LiveSystem } from '../../live-system.ts';
import type { KeepalivedFiles } from '../config/load-keepalived.ts';
import { vrrp } from '../vrrp.ts';
import { ROUTER_NEWS } from './bad-news.ts';
import { checkKeepalived } from './check-keepalived.ts';
import { conntrackSync } from './conntrack-sync.ts';
import { departureOf } from './departure.ts';
import { isOfPrimary } from './of-primary.ts';
import { oneOwner } from './one-owner.ts';
import { routerAdverts } from './router-adverts.ts';
import { backup, master } from './router-roles.ts';
import { namedRouters, requireKeepalived } from './virtual-routers.ts';
import { vrrpRedundancy } from './vrrp-redundancy.ts';
import { VrrpWatch } from './vrrp-watch.ts';

export const vrrpLive: LiveSystem<KeepalivedFiles> = {
  system: vrrp,
  daemons: { keepalived: ['keepalived', '--version'], conntrackd: ['conntrackd', '-v'] },
  bad_news: ROUTER_NEWS,
  roles: { master, backup },
  moves: (_lab, _node, { service }) => isOfPrimary(service),
  audits: [oneOwner, vrrpRedundancy, conntrackSync, routerAdverts],
  require: async (lab) => {
    for (const router of namedRouters(lab)) await requireKeepalived(lab, router);
  },
  check: (lab, _, signal) => checkKeepalived(lab, signal),
  watch: (trial) => VrrpWatch.of(trial),
  departure: departureOf,
  sharesAddresses: ({ virtual_routers }) => virtual_routers.length > 0,
};
