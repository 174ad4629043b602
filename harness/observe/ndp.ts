import type { LabTime } from '../ground/time.ts';
import { ipv6Text, macText } from './bytes.ts';
import { type Frame, sourceMac } from './frame.ts';
import { PROTOCOL } from './ipv4.ts';
import { type Ipv6Packet, ipv6TransportOf } from './ipv6.ts';

/** What says to whom an IPv6 address belongs, as an ARP reply does for IPv4. */
export interface NeighborAdvertisement {
  at_ns: LabTime;
  source_ip: string;
  destination_ip: string;
  /** The address that is announced. */
  target_ip: string;
  /** Of the target link-layer address option, where it was captured. */
  target_mac: string | undefined;
  router: boolean;
  /** No answer to a solicitation: what a new owner sends of itself (RFC 4861 §7.2.6, RFC 5798 §6.4.2). */
  unsolicited: boolean;
  /** Neighbors that know another link-layer address are to replace it. */
  override: boolean;
  /** Of the frame; a virtual MAC may differ from the one inside. */
  source_mac: string;
  interface_index: number | undefined;
}

const LENGTH = 24;
const NEIGHBOR_ADVERTISEMENT = 136;
const TARGET_LINK_LAYER = 2;
const FLAG = { router: 0x80, solicited: 0x40, override: 0x20 } as const;

/**
 * The Neighbor Advertisement in a frame (RFC 4861 §4.4). undefined when there is none, and when a receiver would
 * discard it (§7.1.2); only the checksum is not looked at, which a virtual wire may leave unfinished.
 */
export function neighborAdvertisementOf(frame: Frame): NeighborAdvertisement | undefined {
  const packet = ipv6TransportOf(frame, PROTOCOL.icmpv6, LENGTH);
  if (!packet) return undefined;
  const { bytes } = frame;
  const at = packet.payload_start;
  if (bytes[at] !== NEIGHBOR_ADVERTISEMENT || bytes[at + 1] !== 0 || packet.hop_limit !== 255)
    return undefined;
  const flags = bytes[at + 4]!;
  const unsolicited = (flags & FLAG.solicited) === 0;
  const to_group = bytes[packet.destination_start] === 0xff;
  if (bytes[at + 8] === 0xff || (to_group && !unsolicited)) return undefined;
  const options = optionsOf(bytes, packet);
  if (options === 'malformed') return undefined;
  return {
    at_ns: frame.at_ns,
    source_ip: ipv6Text(bytes, packet.source_start),
    destination_ip: ipv6Text(bytes, packet.destination_start),
    target_ip: ipv6Text(bytes, at + 8),
    target_mac: options.target_mac,
    router: (flags & FLAG.router) !== 0,
    unsolicited,
    override: (flags & FLAG.override) !== 0,
    source_mac: sourceMac(frame),
    interface_index: frame.interface_index,
  };
}

/** RFC 4861 §4.6: a type, a length in eight bytes, and a value. */
function optionsOf(
  bytes: Uint8Array,
  { payload_start, payload_end }: Ipv6Packet,
): { target_mac: string | undefined } | 'malformed' {
  let target_mac: string | undefined;
  for (let at = payload_start + LENGTH; payload_end - at >= 8; ) {
    const length = bytes[at + 1]! * 8;
    if (length === 0) return 'malformed';
    if (bytes[at] === TARGET_LINK_LAYER && length === 8) target_mac ??= macText(bytes, at + 2);
    at += length;
  }
  return { target_mac };
}
