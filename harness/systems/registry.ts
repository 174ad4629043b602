import { registryOf } from '../ground/registry.ts';
import { dhcp } from './dhcp/dhcp.ts';
import { ecmp } from './ecmp/ecmp.ts';
import { haproxy } from './haproxy/haproxy.ts';
import { l2 } from './l2/l2.ts';
import { l3Ha } from './l3-ha/l3-ha.ts';
import { neutron } from './neutron/neutron.ts';
import { pacemaker } from './pacemaker/pacemaker.ts';
import type { System } from './system.ts';
import { vrrp } from './vrrp/vrrp.ts';

/** Every system under test. A new one is a folder, a line here and a line in live.ts. */
export const systems = registryOf<System>(
  'system',
  [l2, l3Ha, vrrp, dhcp, pacemaker, haproxy, neutron, ecmp],
  ({ name }) => name,
);
