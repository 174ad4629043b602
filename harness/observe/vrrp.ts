import type { LabTime } from '../ground/time.ts';
import { uint16 } from './bytes.ts';
import { type Frame, sourceMac } from './frame.ts';
import { type IpPacket, ipSource, ipText } from './ip.ts';
import { PROTOCOL, transportOf } from './ipv4.ts';
import { ipv6TransportOf } from './ipv6.ts';

/** Who sent an advert. Both are needed: with a virtual MAC all routers of a VRID share it. */
export interface VrrpSource {
  ip: string;
  mac: string;
}

export interface VrrpAdvert {
  at_ns: LabTime;
  version: 2 | 3;
  /** IP version that it came in. */
  family: 4 | 6;
  /** The segment of its capture; undefined where only one was captured. */
  segment?: string;
  vrid: number;
  /** 0: the master takes its leave (RFC 5798 §5.2.4). */
  priority: number;
  /** As the sender announces it. */
  advert_int_ms: number;
  /** Those that were captured. */
  addresses: string[];
  source: VrrpSource;
  interface_index: number | undefined;
}

const HEADER = 8;
const ADVERTISEMENT = 1;

/** The VRRP advert in a frame (v2: RFC 3768 §5, v3: RFC 5798 §5, over IPv4); undefined when there is none. */
export function vrrpOf(frame: Frame): VrrpAdvert | undefined {
  const packet = transportOf(frame, PROTOCOL.vrrp, HEADER);
  return packet && advertIn(frame, packet);
}

/**
 * The VRRP advert over IPv6 in a frame; undefined when there is none. VRRPv2 has none by its RFC; keepalived sends it all
 * the same where an instance with addresses of IPv6 has `version 2`. Apart from `vrrpOf`, because one VRID
 * names one virtual router for IPv4 and another for IPv6 (RFC 5798 §1.2).
 */
export function vrrp6Of(frame: Frame): VrrpAdvert | undefined {
  const packet = ipv6TransportOf(frame, PROTOCOL.vrrp, HEADER);
  return packet && advertIn(frame, packet);
}

function advertIn(frame: Frame, packet: IpPacket): VrrpAdvert | undefined {
  const { bytes } = frame;
  const at = packet.payload_start;
  const version = bytes[at]! >> 4;
  const count = bytes[at + 3]!;
  const size = packet.version === 4 ? 4 : 16;
  if ((version !== 2 && version !== 3) || (bytes[at]! & 0x0f) !== ADVERTISEMENT) return undefined;
  if (packet.payload_length < HEADER + size * count) return undefined;
  const captured = Math.min(count, Math.floor((packet.payload_end - at - HEADER) / size));
  return {
    at_ns: frame.at_ns,
    version,
    family: packet.version,
    vrid: bytes[at + 1]!,
    priority: bytes[at + 2]!,
    // v2 counts seconds, v3 centiseconds in twelve bits.
    advert_int_ms: version === 2 ? bytes[at + 5]! * 1000 : (uint16(bytes, at + 4) & 0x0fff) * 10,
    addresses: Array.from({ length: captured }, (_, i) =>
      ipText(bytes, at + HEADER + size * i, packet.version),
    ),
    source: { ip: ipSource(frame, packet), mac: sourceMac(frame) },
    interface_index: frame.interface_index,
  };
}
