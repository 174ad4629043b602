import type { LabTime } from '../ground/time.ts';
import { hexText, ipv4Text, latin1Text, uint16, uint32 } from './bytes.ts';
import { type DhcpOptions, dhcpOptionsOf } from './dhcp-options.ts';
import { type Frame, sourceMac } from './frame.ts';
import { destinationIp, type Ipv4Packet, PROTOCOL, sourceIp, transportOf } from './ipv4.ts';

/** Option 53, in the order of its values, from 1 (RFC 2132 §9.6). */
const TYPES = ['discover', 'offer', 'request', 'decline', 'ack', 'nak', 'release', 'inform'] as const;
export type DhcpType = (typeof TYPES)[number];

/** A DHCPv4 message. Of options, what is not there, was not captured or has a wrong length is undefined. */
export interface DhcpMessage {
  at_ns: LabTime;
  op: 'request' | 'reply';
  /** Option 53; undefined also in BOOTP. */
  type: DhcpType | undefined;
  /** The same for all messages of one exchange. */
  xid: number;
  /** The client's hardware address, as long as the message says: six bytes for Ethernet. */
  chaddr: string;
  ciaddr: string;
  yiaddr: string;
  siaddr: string;
  giaddr: string;
  /** The client asks for answers to the broadcast address. */
  broadcast: boolean;
  /** Option 54: which server speaks, or is spoken to. */
  server_id: string | undefined;
  /** Option 50. */
  requested_ip: string | undefined;
  /** Options 51, 58 (T1) and 59 (T2): whole seconds, Infinity for a lease without an end. */
  lease_s: number | undefined;
  renewal_s: number | undefined;
  rebinding_s: number | undefined;
  /** Option 61, as `01:02:00:00:00:00:01`. */
  client_id: string | undefined;
  /** Option 12, one character a byte: to be printed with care. */
  host_name: string | undefined;
  /** The options could not be read to their end: that one is undefined means nothing then. */
  truncated: boolean;
  /** Of the IP header. */
  source_ip: string;
  destination_ip: string;
  /** Of the frame: a server's, where server identifiers are shared. */
  source_mac: string;
  interface_index: number | undefined;
}

const UDP_HEADER = 8;
/** Up to `chaddr`, and with it: what a message must at least show. */
const CHADDR = 28;
const FIXED = 44;
const SERVER_PORT = 67;
const CLIENT_PORT = 68;
const FOR_EVER = 0xffffffff;

/**
 * The DHCPv4 message in a frame (RFC 2131 §2, RFC 2132), between the ports 67 and 68 alone. undefined when there
 * is none, or when the snapshot cut it before the end of `chaddr` (86 bytes of an untagged Ethernet frame).
 */
export function dhcpOf(frame: Frame): DhcpMessage | undefined {
  const packet = transportOf(frame, PROTOCOL.udp, UDP_HEADER + FIXED);
  if (!packet) return undefined;
  const { bytes } = frame;
  const { payload_start } = packet;
  if (!isDhcpPort(uint16(bytes, payload_start)) || !isDhcpPort(uint16(bytes, payload_start + 2)))
    return undefined;
  const length = uint16(bytes, payload_start + 4) - UDP_HEADER;
  const at = payload_start + UDP_HEADER;
  const op = bytes[at];
  if ((op !== 1 && op !== 2) || length < FIXED || bytes[at + 2]! > FIXED - CHADDR) return undefined;
  return messageAt(
    frame,
    packet,
    at,
    dhcpOptionsOf(bytes, at, Math.min(packet.payload_end, at + length), length),
  );
}

function isDhcpPort(port: number): boolean {
  return port === SERVER_PORT || port === CLIENT_PORT;
}

function messageAt(frame: Frame, packet: Ipv4Packet, at: number, options: DhcpOptions): DhcpMessage {
  const { bytes } = frame;
  const { values, truncated } = options;
  const kind = values.get(53);
  const client_id = values.get(61);
  const host_name = values.get(12);
  return {
    at_ns: frame.at_ns,
    op: bytes[at] === 1 ? 'request' : 'reply',
    type: kind?.length === 1 ? TYPES[kind[0]! - 1] : undefined,
    xid: uint32(bytes, at + 4),
    chaddr: hexText(bytes, at + CHADDR, at + CHADDR + bytes[at + 2]!),
    ciaddr: ipv4Text(bytes, at + 12),
    yiaddr: ipv4Text(bytes, at + 16),
    siaddr: ipv4Text(bytes, at + 20),
    giaddr: ipv4Text(bytes, at + 24),
    broadcast: (bytes[at + 10]! & 0x80) !== 0,
    server_id: address(values.get(54)),
    requested_ip: address(values.get(50)),
    lease_s: seconds(values.get(51)),
    renewal_s: seconds(values.get(58)),
    rebinding_s: seconds(values.get(59)),
    client_id: client_id && hexText(client_id, 0, client_id.length),
    // Some clients end it with a NUL.
    host_name: host_name && latin1Text(host_name, 0, host_name.length).replace(/\0+$/, ''),
    truncated,
    source_ip: sourceIp(frame, packet),
    destination_ip: destinationIp(frame, packet),
    source_mac: sourceMac(frame),
    interface_index: frame.interface_index,
  };
}

function address(value: Uint8Array | undefined): string | undefined {
  return value?.length === 4 ? ipv4Text(value, 0) : undefined;
}

function seconds(value: Uint8Array | undefined): number | undefined {
  if (value?.length !== 4) return undefined;
  const number = uint32(value, 0);
  return number === FOR_EVER ? Infinity : number;
}
