import { uint16 } from './bytes.ts';
import { ETHERTYPE, type Frame } from './frame.ts';

/** An IPv6 header and the extension headers behind it, as offsets into the frame's bytes. */
export interface Ipv6Packet {
  version: 6;
  /** IPv6 numbers fragments alone. */
  identification: undefined;
  /** Of the first header that is not an extension header; 59 when there is none. */
  protocol: number;
  hop_limit: number;
  source_start: number;
  destination_start: number;
  payload_start: number;
  /** Behind the last captured payload byte; without the padding of a short Ethernet frame. */
  payload_end: number;
  /** By the headers: more than was captured when the snapshot cut it. */
  payload_length: number;
  /** Not the first piece of a fragmented packet: it has no transport header. */
  later_fragment: boolean;
}

const HEADER = 40;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
/** Hop-by-hop, routing, fragment, authentication, destination options, mobility, HIP, Shim6 (RFC 7045 §4). */
const EXTENSIONS = new Set([0, 43, FRAGMENT, AUTHENTICATION, 60, 135, 139, 140]);

/** The IPv6 packet at `start`, of which the bytes before `end` are here. A jumbogram (RFC 2675) seems empty. */
export function ipv6At(bytes: Uint8Array, start: number, end: number): Ipv6Packet | undefined {
  if (end - start < HEADER || bytes[start]! >> 4 !== 6) return undefined;
  const packet_end = start + HEADER + uint16(bytes, start + 4);
  const captured_end = Math.min(end, packet_end);
  let protocol = bytes[start + 6]!;
  let at = start + HEADER;
  let later_fragment = false;
  while (EXTENSIONS.has(protocol) && !later_fragment) {
    // The shortest extension header has eight bytes, so the walk ends.
    if (captured_end - at < 8) return undefined;
    later_fragment = protocol === FRAGMENT && uint16(bytes, at + 2) >= 8;
    const length = extensionLength(protocol, bytes[at + 1]!);
    protocol = bytes[at]!;
    at += length;
    if (at > captured_end) return undefined;
  }
  return {
    version: 6,
    identification: undefined,
    protocol,
    hop_limit: bytes[start + 7]!,
    source_start: start + 8,
    destination_start: start + 24,
    payload_start: at,
    payload_end: captured_end,
    payload_length: packet_end - at,
    later_fragment,
  };
}

function extensionLength(protocol: number, length_field: number): number {
  if (protocol === FRAGMENT) return 8;
  // RFC 4302 §2.2: this one counts in four bytes, and would count two more.
  return protocol === AUTHENTICATION ? Math.max(8, (length_field + 2) * 4) : (length_field + 1) * 8;
}

/** The same, when it carries `protocol`, has its transport header, and of that at least `least` bytes are here. */
export function ipv6TransportOf(frame: Frame, protocol: number, least: number): Ipv6Packet | undefined {
  const { payload_start: start } = frame;
  if (frame.ethertype !== ETHERTYPE.ipv6 || frame.end - start < HEADER) return undefined;
  const next = frame.bytes[start + 6]!;
  if (next !== protocol && !EXTENSIONS.has(next)) return undefined;
  const packet = ipv6At(frame.bytes, start, frame.end);
  if (packet?.protocol !== protocol || packet.later_fragment) return undefined;
  return packet.payload_end - packet.payload_start >= least ? packet : undefined;
}
