import { type LabTime, msFromNs, NS_PER_MS } from '../ground/time.ts';
import type { AddressAnnouncement } from './garps.ts';
import type { VrrpAdvert, VrrpSource } from './vrrp.ts';
import type { VrrpEvents } from './vrrp-events.ts';

export interface TimelineQuestion {
  vrid: number;
  fault_ns: LabTime;
  /** Who advertises first from then on does so for another reason. */
  until_ns?: LabTime;
  /** Addresses of the virtual router that its adverts do not carry (keepalived's excluded ones), without prefix length. */
  vips?: readonly string[];
  /** Of the addresses whose announcement counts; either where it is left out. */
  family?: 4 | 6;
  /** MACs of the interfaces of each router that takes part, by any name: so its announcements are known on other segments. */
  macs?: ReadonlyMap<string, readonly string[]>;
}

/** A takeover as it was on the wire. What did not happen, or was not seen, is undefined. */
export interface VrrpTimeline {
  /** Source of the last advert with a priority above 0 before the fault. */
  old_owner: VrrpSource | undefined;
  /**
   * The old owner's last advert before the takeover that came to the new owner's segment: after the fault only if one was
   * really seen then.
   */
  last_advert_ns: LabTime | undefined;
  /** It sent others before the takeover that did not come there. */
  unheard?: true;
  /** The first other source that advertises a priority above 0 from the fault on. */
  new_owner: VrrpSource | undefined;
  first_advert_ns: LabTime | undefined;
  /** The new owner's first advert; its priority is the one that counted in the election. */
  first_advert: VrrpAdvert | undefined;
  /** First advert of the new owner − last advert of the old one: Master_Down, or the skew when `graceful`. */
  detection_ms: number | undefined;
  /**
   * The new owner's first gratuitous ARP, or in IPv6 its first unsolicited neighbour advertisement; by RFC 5798 §6.4.2 it
   * follows its first advert.
   */
  first_garp_ns: LabTime | undefined;
  /** What it names: where traffic to the address goes from then on. */
  garp_mac: string | undefined;
  /** Median time between the old owner's adverts before the fault. */
  advert_interval_ms: number | undefined;
  /** What its adverts announce. */
  announced_interval_ms: number | undefined;
  /** The old owner's last advert had priority 0: it took its leave. */
  graceful: boolean;
}

const NOTHING: VrrpTimeline = {
  old_owner: undefined,
  last_advert_ns: undefined,
  new_owner: undefined,
  first_advert_ns: undefined,
  first_advert: undefined,
  detection_ms: undefined,
  first_garp_ns: undefined,
  garp_mac: undefined,
  advert_interval_ms: undefined,
  announced_interval_ms: undefined,
  graceful: false,
};

/** One that crosses switches is seen so much later on the last segment, at most, where nothing holds it up. */
const UNDER_WAY_NS = 100 * NS_PER_MS;

/** What the wire says about one virtual router around one fault. `events` are in order of time. */
export function vrrpTimeline(events: VrrpEvents, question: TimelineQuestion): VrrpTimeline {
  const { vrid, fault_ns, until_ns = Infinity } = question;
  const adverts = events.adverts.filter((advert) => advert.vrid === vrid);
  const held = adverts.findLast((advert) => advert.at_ns < fault_ns && advert.priority > 0);
  const old_owner = held?.source;
  const first = adverts.find(
    ({ at_ns, priority, source }) =>
      at_ns >= fault_ns && at_ns < until_ns && priority > 0 && !sameSource(source, old_owner),
  );
  const taken_ns = first?.at_ns ?? Infinity;
  // Where the routers' wires are segments of their own, what counts is what came to the new owner's.
  const isHeard = ({ segment }: VrrpAdvert) => first === undefined || segment === first.segment;
  const sent = adverts.filter(
    ({ at_ns, source }) => at_ns < taken_ns && old_owner !== undefined && sameSource(source, old_owner),
  );
  const last = sent.findLast(isHeard);
  const apart = sent.at(-1)?.segment !== first?.segment;
  const unheard = first && last && apart && sent.at(-1)!.at_ns - last.at_ns > UNDER_WAY_NS;
  const garp = first && firstGarp(events.garps, first, old_owner, question);
  return {
    ...NOTHING,
    old_owner,
    last_advert_ns: last?.at_ns,
    ...(unheard ? { unheard } : {}),
    new_owner: first?.source,
    first_advert_ns: first?.at_ns,
    first_advert: first,
    detection_ms: first && last ? msFromNs(first.at_ns - last.at_ns) : undefined,
    first_garp_ns: garp?.at_ns,
    garp_mac: garp?.sender_mac,
    advert_interval_ms: old_owner && intervalMs(adverts, old_owner, fault_ns),
    announced_interval_ms: held?.advert_int_ms,
    graceful: last?.priority === 0,
  };
}

/** The same router, by address and MAC: routers with a virtual MAC share it. */
function sameSource(a: VrrpSource, b: VrrpSource | undefined): boolean {
  return b !== undefined && a.ip === b.ip && a.mac === b.mac;
}

/**
 * The virtual addresses may be on other interfaces than the adverts, with other MACs: an announcement counts when it is
 * of one of them, or comes from one of the new owner's own MACs, and does not come from the old owner's.
 */
function firstGarp(
  garps: readonly AddressAnnouncement[],
  first: VrrpAdvert,
  old_owner: VrrpSource | undefined,
  { vips = [], macs, family }: TimelineQuestion,
): AddressAnnouncement | undefined {
  const addresses = new Set([...first.addresses, ...vips]);
  const ours = macsOf(first.source, macs);
  // Routers with a virtual MAC share it.
  const theirs = new Set([...macsOf(old_owner, macs)].filter((mac) => !ours.has(mac)));
  return garps.find(
    (garp) =>
      garp.at_ns >= first.at_ns &&
      (family === undefined || garp.family === family) &&
      (ours.has(garp.sender_mac) || addresses.has(garp.sender_ip)) &&
      !theirs.has(garp.sender_mac),
  );
}

function macsOf(source: VrrpSource | undefined, macs: TimelineQuestion['macs']): Set<string> {
  if (!source) return new Set();
  const known = [...(macs?.values() ?? [])].find((list) => list.includes(source.mac));
  return new Set([source.mac, ...(known ?? [])]);
}

function intervalMs(
  adverts: readonly VrrpAdvert[],
  owner: VrrpSource,
  before_ns: LabTime,
): number | undefined {
  const own = adverts.filter((advert) => advert.at_ns < before_ns && sameSource(advert.source, owner));
  // One that crosses several segments is seen on each.
  const times = own.filter(({ segment }) => segment === own[0]?.segment).map((advert) => advert.at_ns);
  const gaps = times.slice(1).map((at_ns, i) => at_ns - times[i]!);
  gaps.sort((a, b) => a - b);
  const middle = gaps[Math.floor(gaps.length / 2)];
  return middle === undefined ? undefined : msFromNs(middle);
}
