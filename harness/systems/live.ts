import { dhcpLive } from './dhcp/live/dhcp-live.ts';
import { ecmpLive } from './ecmp/live/ecmp-live.ts';
import { haproxyLive } from './haproxy/live/haproxy-live.ts';
import { l2Live } from './l2/live/l2-live.ts';
import { l3Live } from './l3-ha/live/l3-live.ts';
import type { LiveSystem } from './live-system.ts';
import { neutronLive } from './neutron/live/neutron-live.ts';
import { pacemakerLive } from './pacemaker/live/pacemaker-live.ts';
import { vrrpLive } from './vrrp/live/vrrp-live.ts';

/** Every system under test in a running lab, in the order in which they are attached and asked: who places routers has them where they belong before who watches them. */
export const liveSystems: readonly LiveSystem[] = [
  l2Live,
  l3Live,
  vrrpLive,
  dhcpLive,
  pacemakerLive,
  haproxyLive,
  neutronLive,
  ecmpLive,
];
