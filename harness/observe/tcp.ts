import { uint16, uint32 } from './bytes.ts';
import type { Frame } from './frame.ts';
import { destinationIp, PROTOCOL, sourceIp, transportOf } from './ipv4.ts';

export interface TcpSegment {
  source: string;
  destination: string;
  source_port: number;
  destination_port: number;
  seq: number;
  ack: number;
  flags: { fin: boolean; syn: boolean; rst: boolean; psh: boolean; ack: boolean };
  /** By the IP header: right also when the snapshot cut the packet. */
  payload_length: number;
}

const HEADER = 20;

/** The TCP segment in a frame (RFC 9293, over IPv4); undefined when there is none. */
export function tcpOf(frame: Frame): TcpSegment | undefined {
  const packet = transportOf(frame, PROTOCOL.tcp, HEADER);
  if (!packet) return undefined;
  const { bytes } = frame;
  const at = packet.payload_start;
  const header_length = (bytes[at + 12]! >> 4) * 4;
  if (header_length < HEADER || header_length > packet.payload_length) return undefined;
  const bits = bytes[at + 13]!;
  return {
    source: sourceIp(frame, packet),
    destination: destinationIp(frame, packet),
    source_port: uint16(bytes, at),
    destination_port: uint16(bytes, at + 2),
    seq: uint32(bytes, at + 4),
    ack: uint32(bytes, at + 8),
    flags: {
      fin: (bits & 1) !== 0,
      syn: (bits & 2) !== 0,
      rst: (bits & 4) !== 0,
      psh: (bits & 8) !== 0,
      ack: (bits & 16) !== 0,
    },
    payload_length: packet.payload_length - header_length,
  };
}
