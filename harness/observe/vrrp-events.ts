import { NS_PER_MS } from '../ground/time.ts';
import { ETHERTYPE, type Frame } from './frame.ts';
import { type AddressAnnouncement, GarpCollector } from './garps.ts';
import { type VrrpAdvert, vrrp6Of, vrrpOf } from './vrrp.ts';

/** What a capture holds about virtual routers, in order of time. */
export interface VrrpEvents {
  /** Of every VRID, each once: copies of one advert that other interfaces saw are dropped. */
  adverts: VrrpAdvert[];
  /** Gratuitous ARPs, and unsolicited neighbour advertisements. */
  garps: AddressAnnouncement[];
}

/** Picks adverts and announcements of addresses out of a capture's frames, one at a time. */
export class VrrpCollector {
  readonly #adverts: VrrpAdvert[] = [];
  readonly #garps = new GarpCollector();

  /** @param segment whose capture it is from. */
  take(frame: Frame, segment?: string): void {
    this.#garps.take(frame);
    if (frame.ethertype === ETHERTYPE.arp) return;
    const advert = vrrpOf(frame) ?? vrrp6Of(frame);
    if (advert) this.#adverts.push(segment === undefined ? advert : { ...advert, segment });
  }

  result(): VrrpEvents {
    // Captures of several segments, or one of several interfaces, are not in order among each other.
    const adverts = this.#adverts.toSorted((a, b) => a.at_ns - b.at_ns);
    return { adverts: withoutCopies(adverts), garps: this.#garps.result() };
  }
}

/** Half the shortest interval that VRRPv3 can express. */
const COPY_NS = 5 * NS_PER_MS;

/** `tcpdump -i any` sees one advert at every bridge port that it passes: the first sight of it is kept. */
function withoutCopies(adverts: readonly VrrpAdvert[]): VrrpAdvert[] {
  const last = new Map<string, VrrpAdvert>();
  return adverts.filter((advert) => {
    const key = `${advert.segment} ${advert.vrid} ${advert.source.ip} ${advert.source.mac}`;
    const before = last.get(key);
    if (before && before.priority === advert.priority && advert.at_ns - before.at_ns < COPY_NS) return false;
    last.set(key, advert);
    return true;
  });
}
