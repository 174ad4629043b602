import { uint32 } from './bytes.ts';

export interface DhcpOptions {
  /** By option code. */
  values: Map<number, Uint8Array>;
  /** They could not be read to their end: the snapshot cut them, or a length lies. */
  truncated: boolean;
}

const SNAME = 44;
const FILE = 108;
const MAGIC_COOKIE = 236;
const OPTIONS = 240;
const MAGIC = 0x63825363;
const PAD = 0;
const END = 255;
const OVERLOAD = 52;

/**
 * The options of the DHCP message at `start`, of which the bytes before `end` are here and which has `length` bytes
 * on the wire. Option 52 sends the reader on to `file`, then to `sname` (RFC 2131 §4.1); the values of an option
 * that comes again are joined (RFC 3396 §7). A message without the magic cookie, BOOTP, has none.
 */
export function dhcpOptionsOf(bytes: Uint8Array, start: number, end: number, length: number): DhcpOptions {
  const options: DhcpOptions = { values: new Map(), truncated: end - start < length };
  if (end - start < OPTIONS || uint32(bytes, start + MAGIC_COOKIE) !== MAGIC) return options;
  readField(bytes, start + OPTIONS, end, options);
  const overload = options.values.get(OVERLOAD);
  const where = overload?.length === 1 ? overload[0]! : 0;
  if (where === 1 || where === 3) readField(bytes, start + FILE, start + MAGIC_COOKIE, options);
  if (where === 2 || where === 3) readField(bytes, start + SNAME, start + FILE, options);
  return options;
}

function readField(bytes: Uint8Array, from: number, to: number, options: DhcpOptions): void {
  for (let at = from; at < to; ) {
    const code = bytes[at]!;
    if (code === END) return;
    if (code === PAD) {
      at += 1;
      continue;
    }
    const value_end = at + 1 < to ? at + 2 + bytes[at + 1]! : Infinity;
    if (value_end > to) {
      options.truncated = true;
      return;
    }
    add(options.values, code, bytes.subarray(at + 2, value_end));
    at = value_end;
  }
}

function add(values: Map<number, Uint8Array>, code: number, value: Uint8Array): void {
  const before = values.get(code);
  values.set(code, before ? Uint8Array.from([...before, ...value]) : value);
}
