import type { LabTime } from '../ground/time.ts';
import { ipv6Text, macText } from './bytes.ts';
import { type Frame, sourceMac } from './frame.ts';
import { PROTOCOL } from './ipv4.ts';
import { ipv6TransportOf } from './ipv6.ts';

/** A neighbour advertisement of IPv6 (RFC 4861 §4.4). */
export interface NeighbourAdvertisement {
  at_ns: LabTime;
  /** The address that it speaks of. */
  target_ip: string;
  /** Where packets to it go from then on: the option's address, else the frame's source. */
  target_mac: string;
  /** Its sender forwards packets (R). */
  router: boolean;
  /** It answers a question (S). */
  solicited: boolean;
  /** It replaces what a neighbour knows (O). */
  override: boolean;
  /** Nobody asked for it, all nodes of the link get it, and it replaces what they know (RFC 4861 §7.2.6). */
  announces: boolean;
  /** Of the frame. */
  source_mac: string;
}

const TYPE = 136;
/** Type, code, checksum, flags, target. */
const LENGTH = 24;
const TARGET_AT = 8;
const FLAG = { router: 0x80, solicited: 0x40, override: 0x20 } as const;
const TARGET_LINK_LAYER_ADDRESS = 2;
/** RFC 4861 §7.1.2: a message that came through a router has less, and is not taken. */
const HOP_LIMIT = 255;
const MULTICAST = 0xff;

/** The neighbour advertisement in a frame; undefined when there is none. */
export function neighbourAdvertisementOf(frame: Frame): NeighbourAdvertisement | undefined {
  const packet = ipv6TransportOf(frame, PROTOCOL.icmpv6, LENGTH);
  const { bytes } = frame;
  if (!packet || bytes[packet.payload_start] !== TYPE || bytes[packet.payload_start + 1] !== 0)
    return undefined;
  if (packet.hop_limit !== HOP_LIMIT) return undefined;
  const flags = bytes[packet.payload_start + 4]!;
  const solicited = (flags & FLAG.solicited) !== 0;
  const override = (flags & FLAG.override) !== 0;
  const source_mac = sourceMac(frame);
  return {
    at_ns: frame.at_ns,
    target_ip: ipv6Text(bytes, packet.payload_start + TARGET_AT),
    target_mac: linkLayerAddress(bytes, packet.payload_start + LENGTH, packet.payload_end) ?? source_mac,
    router: (flags & FLAG.router) !== 0,
    solicited,
    override,
    announces: !solicited && override && bytes[packet.destination_start] === MULTICAST,
    source_mac,
  };
}

/** Of the options (RFC 4861 §4.6): type, length in eight bytes, value. */
function linkLayerAddress(bytes: Uint8Array, from: number, end: number): string | undefined {
  for (let at = from; at + 8 <= end; ) {
    const length = bytes[at + 1]! * 8;
    if (length === 0) return undefined;
    if (bytes[at] === TARGET_LINK_LAYER_ADDRESS && length === 8) return macText(bytes, at + 2);
    at += length;
  }
  return undefined;
}
