/** Messages over `builder.ts`: IPv6, ICMP, Neighbor Discovery, DHCP, and TCP segments with chosen numbers. */
import { ethernet, ip, ipv4, mac, u16, u32, udp } from './builder.ts';

/** `2001:db8::1` as its sixteen bytes. */
export function ip6(text: string): number[] {
  const [head = '', tail] = text.split('::');
  const groups = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  return [...front, ...Array(8 - front.length - back.length).fill(0), ...back].flatMap(u16);
}

interface Ipv6Options {
  source?: string;
  destination?: string;
  hop_limit?: number;
}

export function ipv6(next_header: number, payload: number[], options: Ipv6Options = {}): number[] {
  const { source = '2001:db8::11', destination = '2001:db8::12', hop_limit = 255 } = options;
  return [
    ...[0x60, 0, 0, 0, ...u16(payload.length), next_header, hop_limit],
    ...[...ip6(source), ...ip6(destination), ...payload],
  ];
}

/** A hop-by-hop, routing or destination options header of eight bytes, or longer by `words` of eight. */
export function extension(next_header: number, words = 0): number[] {
  return [next_header, words, 1, 4 + 8 * words, ...Array(4 + 8 * words).fill(0)];
}

export function fragment(next_header: number, offset_field: number): number[] {
  return [next_header, 0, ...u16(offset_field), ...u32(7)];
}

export interface Neighbor {
  target?: string;
  target_mac?: string | undefined;
  /** R, S, O are 0x80, 0x40, 0x20. */
  flags?: number;
  destination?: string;
  source?: string;
  hop_limit?: number;
}

/** The ICMPv6 message. */
function neighborAdvertisement({ target = '2001:db8::1', target_mac, flags = 0x20 }: Neighbor): number[] {
  const option = target_mac === undefined ? [] : [2, 1, ...mac(target_mac)];
  return [136, 0, 0, 0, flags, 0, 0, 0, ...ip6(target), ...option];
}

/** A whole frame with it. */
export function neighborFrame(neighbor: Neighbor): number[] {
  const { source = 'fe80::11', destination = 'ff02::1', hop_limit = 255 } = neighbor;
  return ethernet(0x86dd, ipv6(58, neighborAdvertisement(neighbor), { source, destination, hop_limit }), {
    source: '02:00:00:00:00:11',
    destination: '33:33:00:00:00:01',
  });
}

/** An ICMP or ICMPv6 message: type, code, checksum, four bytes, then what it carries. */
export function icmp(type: number, code: number, rest: number[] = []): number[] {
  return [type, code, 0, 0, 0, 0, 0, 0, ...rest];
}

export interface Dhcp {
  op?: number;
  xid?: number;
  chaddr?: string;
  ciaddr?: string;
  yiaddr?: string;
  siaddr?: string;
  giaddr?: string;
  broadcast?: boolean;
  /** Of the IP header; everybody unless told. */
  destination?: string;
  sname?: number[];
  file?: number[];
  /** Of the options field, with the end option, behind the magic cookie. */
  options?: number[];
}

const ANY = '0.0.0.0';

export function dhcp(message: Dhcp = {}): number[] {
  const { op = 1, xid = 0x12345678, chaddr = '02:00:00:00:00:21', options = [53, 1, 1, 255] } = message;
  const { ciaddr = ANY, yiaddr = ANY, siaddr = ANY, giaddr = ANY } = message;
  const padded = (bytes: number[], length: number) => [...bytes, ...Array(length - bytes.length).fill(0)];
  return [
    ...[op, 1, 6, 0, ...u32(xid), 0, 0, ...u16(message.broadcast ? 0x8000 : 0)],
    ...[ciaddr, yiaddr, siaddr, giaddr].flatMap(ip),
    ...padded(mac(chaddr), 16),
    ...padded(message.sname ?? [], 64),
    ...padded(message.file ?? [], 128),
    ...u32(0x63825363),
    ...options,
  ];
}

/** From client to server, or back. */
export function dhcpFrame(message: Dhcp = {}): number[] {
  const [from, to] = message.op === 2 ? [67, 68] : [68, 67];
  return ethernet(
    0x0800,
    ipv4(17, udp(from, to, dhcp(message)), {
      source: ANY,
      destination: message.destination ?? '255.255.255.255',
    }),
  );
}

export function option(code: number, value: number[]): number[] {
  return [code, value.length, ...value];
}

export const text = (value: string): number[] => [...Buffer.from(value, 'latin1')];

export interface Segment {
  source?: string;
  destination?: string;
  source_port?: number;
  destination_port?: number;
  seq?: number;
  ack?: number;
  flags?: number;
  payload?: number[];
  /** Of the IP header; IPv6 has none. */
  identification?: number;
}

function tcpSegment(segment: Segment): number[] {
  const {
    source_port = 40_000,
    destination_port = 80,
    seq = 0,
    ack = 0,
    flags = 0x10,
    payload = [],
  } = segment;
  return [
    ...[...u16(source_port), ...u16(destination_port), ...u32(seq), ...u32(ack), 0x50, flags],
    ...[...u16(1000), 0, 0, 0, 0, ...payload],
  ];
}

/** A whole frame, of IPv6 when the source has a colon. */
export function segmentFrame(segment: Segment): number[] {
  const { source = '198.18.0.2', destination = '203.0.113.9', identification = 0 } = segment;
  if (source.includes(':')) return ethernet(0x86dd, ipv6(6, tcpSegment(segment), { source, destination }));
  const packet = ipv4(6, tcpSegment(segment), { source, destination });
  packet.splice(4, 2, ...u16(identification));
  return ethernet(0x0800, packet);
}
