import { ipv4Text, uint16 } from './bytes.ts';
import { ETHERTYPE, type Frame } from './frame.ts';

export const PROTOCOL = { tcp: 6, udp: 17, icmpv6: 58, vrrp: 112 } as const;

/** An IPv4 header, as offsets into the frame's bytes. */
export interface Ipv4Packet {
  version: 4;
  /** Numbers the packets of a sender (RFC 6864): a forwarded packet keeps it. */
  identification: number;
  protocol: number;
  source_start: number;
  destination_start: number;
  payload_start: number;
  /** Behind the last captured payload byte; without the padding of a short Ethernet frame. */
  payload_end: number;
  /** By the header: more than was captured when the snapshot cut it. */
  payload_length: number;
  /** Not the first piece of a fragmented packet: it has no transport header. */
  later_fragment: boolean;
}

const HEADER = 20;

/** The IPv4 packet at `start`, of which the bytes before `end` are here; undefined when its header is malformed. */
export function ipv4At(bytes: Uint8Array, start: number, end: number): Ipv4Packet | undefined {
  if (end - start < HEADER) return undefined;
  const header_length = (bytes[start]! & 0x0f) * 4;
  const total_length = uint16(bytes, start + 2);
  if (bytes[start]! >> 4 !== 4 || header_length < HEADER || total_length < header_length) return undefined;
  if (end - start < header_length) return undefined;
  return {
    version: 4,
    identification: uint16(bytes, start + 4),
    protocol: bytes[start + 9]!,
    source_start: start + 12,
    destination_start: start + 16,
    payload_start: start + header_length,
    payload_end: Math.min(end, start + total_length),
    payload_length: total_length - header_length,
    later_fragment: (uint16(bytes, start + 6) & 0x1fff) !== 0,
  };
}

/** The same, when it carries `protocol`, has its transport header, and of that at least `least` bytes are here. */
export function transportOf(frame: Frame, protocol: number, least: number): Ipv4Packet | undefined {
  const { payload_start: start } = frame;
  if (frame.ethertype !== ETHERTYPE.ipv4 || frame.end - start < HEADER) return undefined;
  // Looked at first, so that nothing is made of the many frames of other protocols.
  if (frame.bytes[start + 9] !== protocol) return undefined;
  const packet = ipv4At(frame.bytes, start, frame.end);
  if (!packet || packet.later_fragment) return undefined;
  return packet.payload_end - packet.payload_start >= least ? packet : undefined;
}

export function sourceIp(frame: Frame, packet: Ipv4Packet): string {
  return ipv4Text(frame.bytes, packet.source_start);
}

export function destinationIp(frame: Frame, packet: Ipv4Packet): string {
  return ipv4Text(frame.bytes, packet.destination_start);
}
