/** Builds frames and captures byte by byte, so that the parsers are tested against the RFCs' own layouts. */
const ETHERNET = 1;
const SLL2 = 276;

export function u16(value: number): number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

export function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}

export function mac(text: string): number[] {
  return text.split(':').map((part) => Number.parseInt(part, 16));
}

export function ip(text: string): number[] {
  return text.split('.').map(Number);
}

interface EthernetOptions {
  source?: string;
  destination?: string;
  vlans?: number[];
}

export function ethernet(ethertype: number, payload: number[], options: EthernetOptions = {}): number[] {
  const tags = (options.vlans ?? []).flatMap((id) => [...u16(0x8100), ...u16(id)]);
  return [
    ...mac(options.destination ?? 'ff:ff:ff:ff:ff:ff'),
    ...mac(options.source ?? '02:00:00:00:00:01'),
    ...tags,
    ...u16(ethertype),
    ...payload,
  ];
}

export function sll2(ethertype: number, payload: number[], source: string, index = 3, type = 2): number[] {
  return [...u16(ethertype), 0, 0, ...u32(index), ...u16(1), type, 6, ...mac(source), 0, 0, ...payload];
}

interface Ipv4Options {
  source?: string;
  destination?: string;
  /** Header options, a multiple of four bytes. */
  options?: number[];
  fragment_offset?: number;
}

export function ipv4(protocol: number, payload: number[], options: Ipv4Options = {}): number[] {
  const words = options.options ?? [];
  const header = 20 + words.length;
  return [
    0x40 | (header / 4),
    0,
    ...u16(header + payload.length),
    ...u16(1),
    ...u16(options.fragment_offset ?? 0),
    64,
    protocol,
    ...u16(0),
    ...ip(options.source ?? '198.18.0.11'),
    ...ip(options.destination ?? '198.18.0.12'),
    ...words,
    ...payload,
  ];
}

export function udp(source_port: number, destination_port: number, payload: number[]): number[] {
  return [...u16(source_port), ...u16(destination_port), ...u16(8 + payload.length), ...u16(0), ...payload];
}

export function tcp(
  flags: number,
  seq: number,
  ack: number,
  payload: number[],
  options: number[] = [],
): number[] {
  const header = 20 + options.length;
  const start = [...u16(4000), ...u16(80), ...u32(seq), ...u32(ack), (header / 4) << 4, flags];
  return [...start, ...u16(1000), ...u16(0), ...u16(0), ...options, ...payload];
}

export interface Advert {
  version?: 2 | 3;
  vrid?: number;
  priority?: number;
  advert_int_ms?: number;
  addresses?: string[];
  source?: string;
  mac?: string;
}

export function vrrp(advert: Advert): number[] {
  const { version = 3, vrid = 7, priority = 100, advert_int_ms = 1000, addresses = ['198.18.0.1'] } = advert;
  const timer = version === 2 ? [0, advert_int_ms / 1000] : u16(advert_int_ms / 10);
  const tail = version === 2 ? [0, 0, 0, 0, 0, 0, 0, 0] : [];
  return [
    (version << 4) | 1,
    vrid,
    priority,
    addresses.length,
    ...timer,
    0,
    0,
    ...addresses.flatMap(ip),
    ...tail,
  ];
}

/** A whole Ethernet frame with an advert. */
export function advertFrame(advert: Advert): number[] {
  const packet = ipv4(112, vrrp(advert), {
    source: advert.source ?? '198.18.0.11',
    destination: '224.0.0.18',
  });
  return ethernet(0x0800, packet, { source: advert.mac ?? '02:00:00:00:00:11' });
}

export function arp(operation: number, sender_mac: string, sender_ip: string, target_ip: string): number[] {
  return [
    ...[...u16(1), ...u16(0x0800), 6, 4, ...u16(operation)],
    ...[...mac(sender_mac), ...ip(sender_ip), ...mac('ff:ff:ff:ff:ff:ff'), ...ip(target_ip)],
  ];
}

/** A whole Ethernet frame with a gratuitous ARP. */
export function garpFrame(sender_mac: string, address: string): number[] {
  return ethernet(0x0806, arp(1, sender_mac, address, address), { source: sender_mac });
}

interface CaptureOptions {
  link_type?: 'ethernet' | 'sll2';
  little_endian?: boolean;
  nanosecond?: boolean;
}

/** A pcap file. Times are nanoseconds since 1970. */
export function capture(
  packets: { at_ns: bigint; bytes: number[] }[],
  { link_type = 'ethernet', little_endian = true, nanosecond = true }: CaptureOptions = {},
): Uint8Array {
  const order = (bytes: number[]) => (little_endian ? bytes.toReversed() : bytes);
  const header = [
    ...order(u32(nanosecond ? 0xa1b23c4d : 0xa1b2c3d4)),
    ...[...order(u16(2)), ...order(u16(4)), ...u32(0), ...u32(0), ...order(u32(262_144))],
    ...order(u32(link_type === 'sll2' ? SLL2 : ETHERNET)),
  ];
  const records = packets.flatMap(({ at_ns, bytes }) => [
    ...order(u32(Number(at_ns / 1_000_000_000n))),
    ...order(u32(Number(at_ns % 1_000_000_000n) / (nanosecond ? 1 : 1000))),
    ...order(u32(bytes.length)),
    ...order(u32(bytes.length)),
    ...bytes,
  ]);
  return Uint8Array.from([...header, ...records]);
}
