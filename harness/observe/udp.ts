import { uint16 } from './bytes.ts';
import type { Frame } from './frame.ts';
import { ipDestination, ipSource, ipTransportOf } from './ip.ts';
import { PROTOCOL } from './ipv4.ts';

export interface UdpDatagram {
  source: string;
  destination: string;
  source_port: number;
  destination_port: number;
  /** A view of the captured bytes, not a copy. */
  payload: Uint8Array;
}

const HEADER = 8;

/** The UDP datagram in a frame (RFC 768, over IPv4 or IPv6); undefined when there is none. */
export function udpOf(frame: Frame): UdpDatagram | undefined {
  const packet = ipTransportOf(frame, PROTOCOL.udp, HEADER);
  if (!packet) return undefined;
  const at = packet.payload_start;
  const length = uint16(frame.bytes, at + 4);
  if (length < HEADER) return undefined;
  return {
    source: ipSource(frame, packet),
    destination: ipDestination(frame, packet),
    source_port: uint16(frame.bytes, at),
    destination_port: uint16(frame.bytes, at + 2),
    payload: frame.bytes.subarray(at + HEADER, Math.min(packet.payload_end, at + length)),
  };
}
