import type { LabTime } from '../ground/time.ts';
import { ipv6Text, uint16 } from './bytes.ts';
import { ETHERTYPE, type Frame, sourceMac } from './frame.ts';
import { PROTOCOL } from './ipv4.ts';
import { ipv6TransportOf } from './ipv6.ts';

/** A router advertisement of IPv6 (RFC 4861 §4.2). */
export interface RouterAdvertisement {
  at_ns: LabTime;
  /** Its link-local address: what hosts send to. */
  source_ip: string;
  source_mac: string;
  /** 0: it is not a default router, or no longer. */
  lifetime_s: number;
}

const TYPE = 134;
/** Type, code, checksum, hop limit, flags, lifetime, two timers. */
const LENGTH = 16;
const LIFETIME_AT = 6;
/** RFC 4861 §6.1.2: a message that came through a router has less, and is not taken. */
const HOP_LIMIT = 255;

/** The router advertisement in a frame; undefined when there is none. */
export function routerAdvertisementOf(frame: Frame): RouterAdvertisement | undefined {
  const packet = ipv6TransportOf(frame, PROTOCOL.icmpv6, LENGTH);
  const { bytes } = frame;
  if (packet?.hop_limit !== HOP_LIMIT || bytes[packet.payload_start] !== TYPE) return undefined;
  if (bytes[packet.payload_start + 1] !== 0) return undefined;
  return {
    at_ns: frame.at_ns,
    source_ip: ipv6Text(bytes, packet.source_start),
    source_mac: sourceMac(frame),
    lifetime_s: uint16(bytes, packet.payload_start + LIFETIME_AT),
  };
}

/** Picks router advertisements out of captures' frames, one at a time. */
export class RouterAdvertisementCollector {
  readonly #found: RouterAdvertisement[] = [];

  take(frame: Frame): void {
    const advert = frame.ethertype === ETHERTYPE.ipv6 ? routerAdvertisementOf(frame) : undefined;
    if (advert) this.#found.push(advert);
  }

  /** In order of time. */
  result(): RouterAdvertisement[] {
    return this.#found.toSorted((a, b) => a.at_ns - b.at_ns);
  }
}
