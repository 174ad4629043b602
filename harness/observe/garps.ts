import type { LabTime } from '../ground/time.ts';
import { arpOf } from './arp.ts';
import { ETHERTYPE, type Frame } from './frame.ts';
import { neighbourAdvertisementOf } from './neighbour-advertisement.ts';

/**
 * A node says unasked where packets to an address are to go from now on: a gratuitous ARP, or its counterpart in IPv6, an
 * unsolicited neighbour advertisement.
 */
export interface AddressAnnouncement {
  at_ns: LabTime;
  /** Of the address. */
  family: 4 | 6;
  sender_mac: string;
  /** The address that is announced. */
  sender_ip: string;
}

/** Picks announcements out of captures' frames, one at a time. */
export class GarpCollector {
  readonly #garps: AddressAnnouncement[] = [];

  take(frame: Frame): void {
    if (frame.ethertype === ETHERTYPE.arp) {
      const arp = arpOf(frame);
      if (arp?.gratuitous) this.#garps.push({ ...arp, family: 4 });
    } else if (frame.ethertype === ETHERTYPE.ipv6) {
      const found = neighbourAdvertisementOf(frame);
      if (found?.announces)
        this.#garps.push({
          at_ns: found.at_ns,
          family: 6,
          sender_mac: found.target_mac,
          sender_ip: found.target_ip,
        });
    }
  }

  /** In order of time: captures of several segments are not in order among each other. */
  result(): AddressAnnouncement[] {
    return this.#garps.toSorted((a, b) => a.at_ns - b.at_ns);
  }
}
