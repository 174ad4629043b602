import type { LabTime } from '../ground/time.ts';
import { ipv4Text, uint16 } from './bytes.ts';
import { type Frame, sourceMac } from './frame.ts';
import { PROTOCOL, sourceIp, transportOf } from './ipv4.ts';

/** Who sent an advert. Both are needed: with a virtual MAC all routers of a VRID share it. */
export interface VrrpSource {
  ip: string;
  mac: string;
}

export interface VrrpAdvert {
  at_ns: LabTime;
  version: 2 | 3;
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
  if (!packet) return undefined;
  const { bytes } = frame;
  const at = packet.payload_start;
  const version = bytes[at]! >> 4;
  const count = bytes[at + 3]!;
  if ((version !== 2 && version !== 3) || (bytes[at]! & 0x0f) !== ADVERTISEMENT) return undefined;
  if (packet.payload_length < HEADER + 4 * count) return undefined;
  const captured = Math.min(count, Math.floor((packet.payload_end - at - HEADER) / 4));
  return {
    at_ns: frame.at_ns,
    version,
    vrid: bytes[at + 1]!,
    priority: bytes[at + 2]!,
    // v2 counts seconds, v3 centiseconds in twelve bits.
    advert_int_ms: version === 2 ? bytes[at + 5]! * 1000 : (uint16(bytes, at + 4) & 0x0fff) * 10,
    addresses: Array.from({ length: captured }, (_, i) => ipv4Text(bytes, at + HEADER + 4 * i)),
    source: { ip: sourceIp(frame, packet), mac: sourceMac(frame) },
    interface_index: frame.interface_index,
  };
}
