import { InputError } from '../ground/errors.ts';
import type { LabTime } from '../ground/time.ts';

/** A capture file in memory, or a piece of one: classic pcap, as `tcpdump -w` writes it. */
export interface Pcap {
  bytes: Uint8Array;
  /** `sll2` is what `tcpdump -i any` writes. */
  link_type: 'ethernet' | 'sll2';
  little_endian: boolean;
  nanosecond: boolean;
  /** Whole packets in the file. */
  packets: number;
  /** Offset of the first packet's header. */
  start: number;
  /** Offset behind the last whole packet. */
  end: number;
  /** The file ends inside a packet: the writer was killed. */
  truncated: boolean;
}

export interface PcapPacket {
  /** Seconds since 1970 and the nanoseconds after them. */
  seconds: number;
  nanoseconds: number;
  /** Where its captured bytes are in `Pcap.bytes`. */
  start: number;
  end: number;
  /** Length on the wire; longer than `end - start` when the snapshot length cut it. */
  original_length: number;
}

/** Bytes before the first packet. */
export const FILE_HEADER = 24;
const PACKET_HEADER = 16;
/** libpcap's own limit on a snapshot: a longer packet is a sign of foreign bytes. */
const MAX_SNAPSHOT = 262_144;
const LINK_TYPES: Record<number, Pcap['link_type']> = { 1: 'ethernet', 276: 'sll2' };
/** The magic number, read big-endian, to what it says of the rest of the file. */
const FORMATS = new Map([
  [0xa1b2c3d4, { little_endian: false, nanosecond: false }],
  [0xa1b23c4d, { little_endian: false, nanosecond: true }],
  [0xd4c3b2a1, { little_endian: true, nanosecond: false }],
  [0x4d3cb2a1, { little_endian: true, nanosecond: true }],
]);
const GZIP = 0x1f8b;
/** What is often found instead. */
const OTHERS = new Map([
  [0x0a0d0d0a, 'pcapng'],
  [0xa1b2cd34, 'a pcap of an old patched kernel'],
  [0x34cdb2a1, 'a pcap of an old patched kernel'],
]);

/**
 * Checks a whole capture (pcap-savefile(5)), in one pass over its packet headers.
 * @param source what messages call it: a path, or `capture of fabric`.
 * @throws InputError with the offset and what was found there, when this is not a pcap of a link type that is
 *   read here, or when it holds foreign bytes. A cut last packet is not an error: see `truncated`.
 */
export function openPcap(bytes: Uint8Array, source = 'capture'): Pcap {
  const header = pcapHeader(bytes, source);
  const pcap = { bytes, ...header, packets: 0, start: FILE_HEADER, end: FILE_HEADER, truncated: false };
  measure(pcap, source);
  return pcap;
}

/** What the first bytes of a capture say of the rest. @throws InputError as `openPcap`. */
export function pcapHeader(
  bytes: Uint8Array,
  source: string,
): Pick<Pcap, 'link_type' | 'little_endian' | 'nanosecond'> {
  const view = viewOf(bytes);
  const format = formatOf(view, source);
  const version = view.getUint16(4, format.little_endian);
  if (version !== 2) throw new InputError(`${source}: offset 4: pcap version ${version}; only 2 is known`);
  // The upper half is the length of a frame check sequence, if there is one.
  const link = view.getUint32(20, format.little_endian) & 0xffff;
  const link_type = LINK_TYPES[link];
  if (!link_type) {
    throw new InputError(
      `${source}: offset 20: link type ${link}; only Ethernet (1) and SLL2 (276) are read`,
    );
  }
  return { link_type, ...format };
}

function formatOf(view: DataView, source: string): { little_endian: boolean; nanosecond: boolean } {
  const magic = view.byteLength < 4 ? undefined : view.getUint32(0);
  const format = magic === undefined ? undefined : FORMATS.get(magic);
  if (magic !== undefined && !format) {
    throw new InputError(`${source}: offset 0: no pcap file but ${nameOf(magic)}`, {
      remedy:
        magic >>> 16 === GZIP ? "unpack it, with 'gunzip'" : "write it as classic pcap, with 'tcpdump -w'",
    });
  }
  if (!format || view.byteLength < FILE_HEADER) {
    throw new InputError(
      `${source}: a pcap header has ${FILE_HEADER} bytes, only ${view.byteLength} are here`,
      {
        remedy: 'capture again: whatever wrote it ended before it captured anything',
      },
    );
  }
  return format;
}

function nameOf(magic: number): string {
  const other = magic >>> 16 === GZIP ? 'gzip' : OTHERS.get(magic);
  return other ?? `0x${magic.toString(16).padStart(8, '0')}`;
}

/**
 * Finds the end and the number of the whole packets from `end` on.
 * @param before what came before these bytes.
 * @throws InputError as `openPcap`.
 */
export function measure(pcap: Pcap, source: string, before = { offset: 0, packets: 0 }): void {
  const view = viewOf(pcap.bytes);
  const size = pcap.bytes.length;
  const fractions = pcap.nanosecond ? 1_000_000_000 : 1_000_000;
  while (size - pcap.end >= PACKET_HEADER) {
    const fraction = view.getUint32(pcap.end + 4, pcap.little_endian);
    const length = view.getUint32(pcap.end + 8, pcap.little_endian);
    const original = view.getUint32(pcap.end + 12, pcap.little_endian);
    const wrong =
      fraction >= fractions
        ? `a fraction of ${fraction}`
        : length > MAX_SNAPSHOT
          ? `a length of ${length} bytes`
          : length > original && `${length} bytes captured of ${original}`;
    if (wrong) {
      throw new InputError(
        `${source}: offset ${before.offset + pcap.end}: no header of packet ${before.packets + pcap.packets + 1}: ${wrong}`,
      );
    }
    if (size - pcap.end - PACKET_HEADER < length) break;
    pcap.end += PACKET_HEADER + length;
    pcap.packets += 1;
  }
  pcap.truncated = pcap.end < size;
}

/** Walks over the whole packets in file order and is, after each step, the packet itself: nothing is made for it. */
export class PcapCursor implements PcapPacket {
  seconds = 0;
  nanoseconds = 0;
  start: number;
  end: number;
  original_length = 0;
  readonly #pcap: Pcap;
  readonly #view: DataView;
  readonly #ns_per_fraction: number;

  constructor(pcap: Pcap) {
    this.#pcap = pcap;
    this.#view = viewOf(pcap.bytes);
    this.start = pcap.start;
    this.end = pcap.start;
    this.#ns_per_fraction = pcap.nanosecond ? 1 : 1000;
  }

  /** False behind the last packet. */
  next(): boolean {
    const at = this.end;
    if (at >= this.#pcap.end) return false;
    const little_endian = this.#pcap.little_endian;
    this.seconds = this.#view.getUint32(at, little_endian);
    this.nanoseconds = this.#view.getUint32(at + 4, little_endian) * this.#ns_per_fraction;
    this.start = at + PACKET_HEADER;
    this.end = this.start + this.#view.getUint32(at + 8, little_endian);
    this.original_length = this.#view.getUint32(at + 12, little_endian);
    return true;
  }
}

/** Turns packet times into moments after the lab's epoch; exact, and without a bigint per packet. */
export function labClock(epoch_ns: bigint): (packet: PcapPacket) => LabTime {
  const seconds = Number(epoch_ns / 1_000_000_000n);
  const nanoseconds = Number(epoch_ns % 1_000_000_000n);
  return (packet) => (packet.seconds - seconds) * 1_000_000_000 + (packet.nanoseconds - nanoseconds);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
