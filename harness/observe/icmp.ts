import type { LabTime } from '../ground/time.ts';
import { uint16 } from './bytes.ts';
import { ETHERTYPE, type Frame } from './frame.ts';
import { type IpPacket, ipDestination, ipSource, ipText } from './ip.ts';
import { ipv4At, PROTOCOL, transportOf } from './ipv4.ts';
import { ipv6At, ipv6TransportOf } from './ipv6.ts';

/** The packet that an ICMP error is about. */
export interface QuotedPacket {
  protocol: number;
  source: string;
  destination: string;
  /** Of TCP and UDP, where they were quoted and captured. */
  source_port: number | undefined;
  destination_port: number | undefined;
}

export interface IcmpMessage {
  at_ns: LabTime;
  /** 4: ICMP, 6: ICMPv6. */
  version: 4 | 6;
  type: number;
  code: number;
  source: string;
  destination: string;
  /** Errors only; undefined too when the quoted header was cut or is malformed. */
  quoted: QuotedPacket | undefined;
}

const HEADER = 4;
const QUOTE = 8;
/** Unreachable, source quench, redirect, time exceeded, parameter problem (RFC 792). */
const ERRORS = new Set([3, 4, 5, 11, 12]);
/** ICMPv6 has its errors below 128 (RFC 4443 §2.1); redirects (RFC 4861 §4.5) quote in an option. */
const FIRST_INFORMATIONAL_V6 = 128;

/** The ICMP (RFC 792) or ICMPv6 (RFC 4443) message in a frame; undefined when there is none. */
export function icmpOf(frame: Frame): IcmpMessage | undefined {
  const packet =
    frame.ethertype === ETHERTYPE.ipv6
      ? ipv6TransportOf(frame, PROTOCOL.icmpv6, HEADER)
      : transportOf(frame, PROTOCOL.icmp, HEADER);
  if (!packet) return undefined;
  const type = frame.bytes[packet.payload_start]!;
  const error = packet.version === 4 ? ERRORS.has(type) : type < FIRST_INFORMATIONAL_V6;
  return {
    at_ns: frame.at_ns,
    version: packet.version,
    type,
    code: frame.bytes[packet.payload_start + 1]!,
    source: ipSource(frame, packet),
    destination: ipDestination(frame, packet),
    quoted: error ? quotedIn(frame.bytes, packet) : undefined,
  };
}

function quotedIn(bytes: Uint8Array, error: IpPacket): QuotedPacket | undefined {
  const read = error.version === 4 ? ipv4At : ipv6At;
  const packet = read(bytes, error.payload_start + QUOTE, error.payload_end);
  if (!packet) return undefined;
  const { protocol, payload_start: at, version } = packet;
  const has_ports =
    (protocol === PROTOCOL.tcp || protocol === PROTOCOL.udp) &&
    !packet.later_fragment &&
    packet.payload_end - at >= 4;
  return {
    protocol,
    source: ipText(bytes, packet.source_start, version),
    destination: ipText(bytes, packet.destination_start, version),
    source_port: has_ports ? uint16(bytes, at) : undefined,
    destination_port: has_ports ? uint16(bytes, at + 2) : undefined,
  };
}
