import { registryOf } from '../ground/registry.ts';
import { dhcp } from './dhcp/dhcp.ts';
import { pacemaker } from './pacemaker/pacemaker.ts';
import type { System } from './system.ts';
import { vrrp } from './vrrp/vrrp.ts';

/** Every kind of system under test. A new one is a folder and a line here. */
export const systems = registryOf<System>('system', [vrrp, dhcp, pacemaker], ({ name }) => name);
