import { type MemberSources, vrrpInstances } from '../config/keepalived-instances.ts';
import { instanceOf } from '../config/vrrp-instance.ts';

/** What a member's keepalived says of its part in a virtual router. What it does not say is left out. */
export interface InstanceSeen {
  /** MASTER, BACKUP, FAULT …: what the running daemon says. */
  state?: string;
  /** As a backup it has accepted an advertisement of a master. */
  hears?: boolean;
  /** Of its advertisements. */
  family?: 4 | 6;
  /** How often it would advertise, in ms. */
  advert_ms?: number;
  /** Why no instance of it would put the address up: a clause that follows the node's name. */
  stray?: string;
}

/** Reads it from the daemon's own dump, or from its file where there is no dump. */
export function instanceSeen(sources: MemberSources, router: { vrid: number; vip: string }): InstanceSeen {
  const { instances, from } = vrrpInstances(sources);
  if (instances.length === 0) return {};
  const found = instanceOf(instances, router);
  // An address that a script puts up is in no instance: then the VRID alone says which it is.
  const sharing = instances.filter((one) => one.virtual_router_id === router.vrid);
  const instance = found.instance ?? (sharing.length === 1 ? sharing[0] : undefined);
  const stray = found.why === undefined ? {} : { stray: found.why };
  if (!instance) return stray;
  const { running_state: state, master_priority, advert_int_ms: advert_ms, family } = instance;
  const running = from === 'dump' && state !== undefined ? { state } : {};
  const hears = running.state === 'BACKUP' ? { hears: master_priority !== undefined } : {};
  return { advert_ms, family, ...running, ...hears, ...stray };
}
