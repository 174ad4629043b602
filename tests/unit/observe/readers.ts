import { uint16, uint32 } from '../../../harness/observe/bytes.ts';
import { ETHERTYPE, type Frame } from '../../../harness/observe/frame.ts';
import { ipDestination, ipSource, ipTransportOf } from '../../../harness/observe/ip.ts';
import { type Ipv4Packet, ipv4At, PROTOCOL } from '../../../harness/observe/ipv4.ts';
import { type Ipv6Packet, ipv6At } from '../../../harness/observe/ipv6.ts';
import { type Pcap, PcapCursor, type PcapPacket } from '../../../harness/observe/pcap.ts';
import { TCP_FLAG, TCP_HEADER } from '../../../harness/observe/tcp.ts';
import { type TcpFlow, TcpFlowCollector, type TcpFlowOptions } from '../../../harness/observe/tcp-flows.ts';

/** The IPv4 packet in a frame (RFC 791); undefined when there is none or its header is malformed. */
export function ipv4Of(frame: Frame): Ipv4Packet | undefined {
  return frame.ethertype === ETHERTYPE.ipv4 ? ipv4At(frame.bytes, frame.payload_start, frame.end) : undefined;
}

/** The IPv6 packet in a frame (RFC 8200); undefined when there is none or its headers are malformed or cut. */
export function ipv6Of(frame: Frame): Ipv6Packet | undefined {
  return frame.ethertype === ETHERTYPE.ipv6 ? ipv6At(frame.bytes, frame.payload_start, frame.end) : undefined;
}

export interface UdpDatagram {
  source: string;
  destination: string;
  source_port: number;
  destination_port: number;
  /** A view of the captured bytes, not a copy. */
  payload: Uint8Array;
}

const UDP_HEADER = 8;

/** The UDP datagram in a frame (RFC 768, over IPv4 or IPv6); undefined when there is none. */
export function udpOf(frame: Frame): UdpDatagram | undefined {
  const packet = ipTransportOf(frame, PROTOCOL.udp, UDP_HEADER);
  if (!packet) return undefined;
  const at = packet.payload_start;
  const length = uint16(frame.bytes, at + 4);
  if (length < UDP_HEADER) return undefined;
  return {
    source: ipSource(frame, packet),
    destination: ipDestination(frame, packet),
    source_port: uint16(frame.bytes, at),
    destination_port: uint16(frame.bytes, at + 2),
    payload: frame.bytes.subarray(at + UDP_HEADER, Math.min(packet.payload_end, at + length)),
  };
}

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

/** The same for a whole capture of one segment. */
export function tcpFlowsOf(frames: Iterable<Frame>, options: TcpFlowOptions = {}): TcpFlow[] {
  const collector = new TcpFlowCollector(options);
  for (const frame of frames) collector.take(frame);
  return collector.flows();
}

/** The whole packets, in file order, without copying their bytes. */
export function* pcapPackets(pcap: Pcap): Generator<PcapPacket> {
  const cursor = new PcapCursor(pcap);
  while (cursor.next()) {
    const { seconds, nanoseconds, start, end, original_length } = cursor;
    yield { seconds, nanoseconds, start, end, original_length };
  }
}

/** Nanoseconds since 1970. */
export function epochNsOf(packet: PcapPacket): bigint {
  return BigInt(packet.seconds) * 1_000_000_000n + BigInt(packet.nanoseconds);
}
