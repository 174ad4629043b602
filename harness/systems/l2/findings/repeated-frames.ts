import type { FrameWatch } from '../../../evidence/frame-watch.ts';
import type { LabTime } from '../../../ground/time.ts';
import { uint32 } from '../../../observe/bytes.ts';
import type { Frame } from '../../../observe/frame.ts';
import { ipTransportOf } from '../../../observe/ip.ts';
import { PROTOCOL } from '../../../observe/ipv4.ts';
import { vxlanPayload } from '../../../observe/vxlan.ts';
import { sourceOf } from './network-frames.ts';

/** A wire on which numbered frames came by more than once. */
export interface Loop {
  segment: string;
  /** How often one came by that had been there. */
  repeated: number;
  first_ns: LabTime;
}

/** Frames of `frames` probes: IEEE 802 local experimental EtherType 1, magic, id, number (agent/probes/frame_link.py). */
const FRAMES = { ethertype: 0x88b5, magic: 0x48444631, id_at: 4, seq_at: 12, length: 20 };
/** Datagrams of `udp` probes: magic, sender, number, time of sending, time at the echo (observe/probe-requests.ts). */
const DATAGRAMS = { magic: 0x48445531, id_at: 4, seq_at: 12, echoed_at: 28, length: 36 };
const UDP_HEADER = 8;

/** Where the number of a frame is, and what tells its flow from others. */
interface Numbered {
  seq: number;
  flow: string;
}

/**
 * Finds frames with the same number from the same source on one wire: no probe sends a number twice, and nothing that
 * forwards sends a frame out where it has been, unless there is a loop. One that a router has sent on has another source. Of a
 * tunnel (VXLAN) the frame inside counts.
 */
export class RepeatedFrames implements FrameWatch {
  readonly #segments: ReadonlySet<string>;
  readonly #seen = new Map<string, NumberSet>();
  readonly #loops = new Map<string, Loop>();
  #numbered = 0;

  /** @param segments the wires of switches. */
  constructor(segments: ReadonlySet<string>) {
    this.#segments = segments;
  }

  /** Frames with a number. */
  get numbered(): number {
    return this.#numbered;
  }

  get loops(): readonly Loop[] {
    return [...this.#loops.values()].toSorted((a, b) => a.first_ns - b.first_ns);
  }

  take(seen: Frame, segment: string): void {
    if (!this.#segments.has(segment)) return;
    const frame = vxlanPayload(seen) ?? seen;
    const numbered = numberedFrame(frame) ?? numberedDatagram(frame);
    if (!numbered) return;
    this.#numbered += 1;
    const key = `${segment} ${sourceOf(frame)} ${numbered.flow}`;
    const had = this.#seen.get(key) ?? new NumberSet();
    this.#seen.set(key, had);
    if (!had.hadOrAdd(numbered.seq)) return;
    const loop = this.#loops.get(segment) ?? { segment, repeated: 0, first_ns: frame.at_ns };
    this.#loops.set(segment, loop);
    loop.repeated += 1;
    loop.first_ns = Math.min(loop.first_ns, frame.at_ns);
  }
}

function numberedFrame({ bytes, ethertype, payload_start: at, end }: Frame): Numbered | undefined {
  const { magic, id_at, seq_at, length } = FRAMES;
  if (ethertype !== FRAMES.ethertype || end - at < length || uint32(bytes, at) !== magic) return undefined;
  return { seq: number64(bytes, at + seq_at), flow: idText(bytes, at + id_at) };
}

function numberedDatagram(frame: Frame): Numbered | undefined {
  const { magic, id_at, seq_at, echoed_at, length } = DATAGRAMS;
  const packet = ipTransportOf(frame, PROTOCOL.udp, UDP_HEADER + length);
  if (!packet) return undefined;
  const { bytes } = frame;
  const at = packet.payload_start + UDP_HEADER;
  if (uint32(bytes, at) !== magic) return undefined;
  const way = number64(bytes, at + echoed_at) === 0 ? 'out' : 'back';
  return { seq: number64(bytes, at + seq_at), flow: `${idText(bytes, at + id_at)} ${way}` };
}

/** Numbers stay far below 2^53. */
function number64(bytes: Uint8Array, at: number): number {
  return uint32(bytes, at) * 2 ** 32 + uint32(bytes, at + 4);
}

function idText(bytes: Uint8Array, at: number): string {
  return `${uint32(bytes, at)}.${uint32(bytes, at + 4)}`;
}

const FIRST_BYTES = 1024;
/** Eight million frames of one flow: more than a capture keeps. */
const MOST_BYTES = 1 << 20;

/** Numbers that count up from 0: one bit for each. */
class NumberSet {
  #bits = new Uint8Array(FIRST_BYTES);

  /** Whether it was in; it is afterwards. */
  hadOrAdd(number: number): boolean {
    const at = Math.floor(number / 8);
    if (at >= MOST_BYTES) return false;
    if (at >= this.#bits.length) {
      const larger = new Uint8Array(Math.min(MOST_BYTES, Math.max(at + 1, 2 * this.#bits.length)));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    const bit = 1 << (number % 8);
    const had = (this.#bits[at]! & bit) !== 0;
    this.#bits[at]! |= bit;
    return had;
  }
}
