import { NS_PER_MS } from '../ground/time.ts';
import { type ArpMessage, arpOf } from './arp.ts';
import { ETHERTYPE, type Frame } from './frame.ts';
import { type VrrpAdvert, vrrpOf } from './vrrp.ts';

/** What a capture holds about virtual routers, in order of time. */
export interface VrrpEvents {
  /** Of every VRID, each once: copies of one advert that other interfaces saw are dropped. */
  adverts: VrrpAdvert[];
  /** Gratuitous ARPs alone. */
  garps: ArpMessage[];
}

/** Picks adverts and gratuitous ARPs out of a capture, in one pass; the rest is dropped at once. */
export function vrrpEventsOf(frames: Iterable<Frame>): VrrpEvents {
  const adverts: VrrpAdvert[] = [];
  const garps: ArpMessage[] = [];
  for (const frame of frames) {
    if (frame.ethertype === ETHERTYPE.arp) {
      const arp = arpOf(frame);
      if (arp?.gratuitous) garps.push(arp);
    } else {
      const advert = vrrpOf(frame);
      if (advert) adverts.push(advert);
    }
  }
  // A capture of several interfaces may be out of order by a few microseconds.
  adverts.sort((a, b) => a.at_ns - b.at_ns);
  garps.sort((a, b) => a.at_ns - b.at_ns);
  return { adverts: withoutCopies(adverts), garps };
}

/** Half the shortest interval that VRRPv3 can express. */
const COPY_NS = 5 * NS_PER_MS;

/** `tcpdump -i any` sees one advert at every bridge port that it passes: the first sight of it is kept. */
function withoutCopies(adverts: readonly VrrpAdvert[]): VrrpAdvert[] {
  const last = new Map<string, VrrpAdvert>();
  return adverts.filter((advert) => {
    const key = `${advert.vrid} ${advert.source.ip} ${advert.source.mac}`;
    const before = last.get(key);
    if (before && before.priority === advert.priority && advert.at_ns - before.at_ns < COPY_NS) return false;
    last.set(key, advert);
    return true;
  });
}
