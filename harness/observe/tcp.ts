import { uint16, uint32 } from './bytes.ts';
import type { Frame } from './frame.ts';
import { ipDestination, ipSource, ipTransportOf } from './ip.ts';
import { PROTOCOL } from './ipv4.ts';

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
  /** What was captured of it: a view, not a copy. */
  payload: Uint8Array;
}

/** Bits of the flags byte (RFC 9293 §3.1). */
export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

export const TCP_HEADER = 20;

/** The TCP segment in a frame (RFC 9293, over IPv4 or IPv6); undefined when there is none. */
export function tcpOf(frame: Frame): TcpSegment | undefined {
  const packet = ipTransportOf(frame, PROTOCOL.tcp, TCP_HEADER);
  if (!packet) return undefined;
  const { bytes } = frame;
  const at = packet.payload_start;
  const header_length = (bytes[at + 12]! >> 4) * 4;
  if (header_length < TCP_HEADER || header_length > packet.payload_length) return undefined;
  const bits = bytes[at + 13]!;
  return {
    source: ipSource(frame, packet),
    destination: ipDestination(frame, packet),
    source_port: uint16(bytes, at),
    destination_port: uint16(bytes, at + 2),
    seq: uint32(bytes, at + 4),
    ack: uint32(bytes, at + 8),
    flags: {
      fin: (bits & TCP_FLAG.fin) !== 0,
      syn: (bits & TCP_FLAG.syn) !== 0,
      rst: (bits & TCP_FLAG.rst) !== 0,
      psh: (bits & TCP_FLAG.psh) !== 0,
      ack: (bits & TCP_FLAG.ack) !== 0,
    },
    payload_length: packet.payload_length - header_length,
    payload: bytes.subarray(at + header_length, packet.payload_end),
  };
}
