import { ipv4Text, ipv6Text } from './bytes.ts';
import { ETHERTYPE, type Frame } from './frame.ts';
import { type Ipv4Packet, transportOf } from './ipv4.ts';
import { type Ipv6Packet, ipv6TransportOf } from './ipv6.ts';

/** A packet of either version. */
export type IpPacket = Ipv4Packet | Ipv6Packet;

/** The packet in a frame, over IPv4 or IPv6, when it carries `protocol` and `least` bytes of that are here. */
export function ipTransportOf(frame: Frame, protocol: number, least: number): IpPacket | undefined {
  return frame.ethertype === ETHERTYPE.ipv6
    ? ipv6TransportOf(frame, protocol, least)
    : transportOf(frame, protocol, least);
}

/** An address of that version as text. */
export function ipText(bytes: Uint8Array, at: number, version: 4 | 6): string {
  return version === 4 ? ipv4Text(bytes, at) : ipv6Text(bytes, at);
}

export function ipSource(frame: Frame, packet: IpPacket): string {
  return ipText(frame.bytes, packet.source_start, packet.version);
}

export function ipDestination(frame: Frame, packet: IpPacket): string {
  return ipText(frame.bytes, packet.destination_start, packet.version);
}
