import type { RouterFacts, RouterMember } from '../../../journal/trial-facts.ts';
import type { VrrpAdvert } from '../../../observe/vrrp.ts';
import type { VrrpEvents } from '../../../observe/vrrp-events.ts';
import { vrrpInstances } from '../config/keepalived-instances.ts';
import { instanceOf, type VrrpInstance } from '../config/vrrp-instance.ts';

/** What is known of a member's instance of a virtual router, or why nothing is. */
export interface MemberInstance {
  node: string;
  instance: VrrpInstance | undefined;
  /** Every instance of its daemon. */
  siblings: readonly VrrpInstance[];
  /** Why there is no instance: a sentence; undefined when there is one. */
  why: string | undefined;
}

/** Each member's instance: the one that carries the labelled address, by its running daemon or its file. */
export function memberInstances(router: Pick<RouterFacts, 'vrid' | 'vip' | 'members'>): MemberInstance[] {
  return router.members.map((member) => {
    const { instances, not_followed } = vrrpInstances(member);
    const { instance, why } = instanceOf(instances, router);
    const reason = not_followed.length > 0 ? not_followed.join('; ') : `${member.node} ${why}`;
    return {
      node: member.node,
      instance,
      siblings: instances.filter((one) => one !== instance),
      why: instance ? undefined : reason,
    };
  });
}

/**
 * The adverts of one virtual router alone: those of its address family, on the segments that its members advertise on.
 * One VRID may be in use on several interfaces and for both families (RFC 9568 §5.2.3). What is not known selects
 * nothing: then all adverts with its VRID count.
 */
export function ownEvents(
  events: VrrpEvents,
  router: Pick<RouterFacts, 'vrid' | 'vip' | 'members'>,
  members: readonly MemberInstance[],
): VrrpEvents {
  const family =
    members.find(({ instance }) => instance)?.instance?.family ?? (router.vip.includes(':') ? 6 : 4);
  const segments = segmentsOf(router.members, members);
  const isOwn = (advert: VrrpAdvert) =>
    advert.vrid === router.vrid &&
    advert.family === family &&
    (segments === undefined || advert.segment === undefined || segments.has(advert.segment));
  return { ...events, adverts: events.adverts.filter(isOwn) };
}

/** undefined where it is not known of every member, or adverts are routed to their peers. */
function segmentsOf(
  members: readonly RouterMember[],
  instances: readonly MemberInstance[],
): Set<string> | undefined {
  const segments = new Set<string>();
  for (const { node, wires } of members) {
    const instance = instances.find((one) => one.node === node)?.instance;
    if (!instance) continue;
    const wire = wires?.find((one) => one.interface === instance.interface);
    if (!wire || instance.unicast_peers.length > 0) return undefined;
    segments.add(wire.segment);
  }
  return segments.size > 0 ? segments : undefined;
}
