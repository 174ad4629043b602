import type { LabTime } from '../ground/time.ts';
import { macText, uint16, uint32 } from './bytes.ts';
import { labClock, type Pcap, PcapCursor } from './pcap.ts';

/** One frame, as offsets into the capture's bytes: nothing is copied, text is made only where it is asked for. */
export interface Frame {
  at_ns: LabTime;
  bytes: Uint8Array;
  /** Of the payload, behind any VLAN tags; below 0x600 it is an 802.3 length. */
  ethertype: number;
  payload_start: number;
  /** Behind the last captured byte. */
  end: number;
  source_mac_start: number;
  /** undefined in SLL2, which has none. */
  destination_mac_start: number | undefined;
  /** Of the outermost 802.1Q tag. */
  vlan: number | undefined;
  /** SLL2 only: the interface that saw it. */
  interface_index: number | undefined;
  /** SLL2 only: seen from the capturing namespace. */
  direction: 'in' | 'out' | undefined;
}

export const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd, vlan: 0x8100, qinq: 0x88a8 } as const;

const ETHERNET_HEADER = 14;
const SLL2_HEADER = 20;
const SLL2_OUTGOING = 4;
const MAC_LENGTH = 6;

/**
 * The frames of a capture in file order, their times as moments after the lab's epoch.
 * A frame too short for its own header is left out.
 */
export function* framesOf(pcap: Pcap, epoch_ns: bigint): Generator<Frame> {
  const cursor = new FrameCursor(pcap, epoch_ns);
  while (cursor.next()) yield { ...cursor.frame };
}

/** Walks over the same frames with one object for all of them: there can be millions. */
export class FrameCursor {
  /** It holds until the next one is asked for. */
  readonly frame: Frame;
  readonly #packets: PcapCursor;
  readonly #clock: ReturnType<typeof labClock>;
  readonly #read: typeof readEthernet;

  constructor(pcap: Pcap, epoch_ns: bigint) {
    this.frame = blankFrame(pcap.bytes);
    this.#packets = new PcapCursor(pcap);
    this.#clock = labClock(epoch_ns);
    this.#read = pcap.link_type === 'ethernet' ? readEthernet : readSll2;
  }

  /** False behind the last frame. */
  next(): boolean {
    const { frame } = this;
    while (this.#packets.next()) {
      frame.at_ns = this.#clock(this.#packets);
      frame.end = this.#packets.end;
      if (this.#read(frame, this.#packets.start) && passTags(frame)) return true;
    }
    return false;
  }
}

/** One Ethernet II frame, with or without 802.1Q tags; undefined when it is too short. */
export function ethernetFrame(at_ns: LabTime, bytes: Uint8Array, start: number, end: number) {
  const frame: Frame = { ...blankFrame(bytes), at_ns, end };
  return readEthernet(frame, start) && passTags(frame) ? frame : undefined;
}

/** One frame of LINKTYPE_LINUX_SLL2; undefined when it is too short or its sender has no MAC address. */
export function sll2Frame(at_ns: LabTime, bytes: Uint8Array, start: number, end: number) {
  const frame: Frame = { ...blankFrame(bytes), at_ns, end };
  return readSll2(frame, start) && passTags(frame) ? frame : undefined;
}

function blankFrame(bytes: Uint8Array): Frame {
  return {
    at_ns: 0,
    bytes,
    ethertype: 0,
    payload_start: 0,
    end: 0,
    source_mac_start: 0,
    destination_mac_start: undefined,
    vlan: undefined,
    interface_index: undefined,
    direction: undefined,
  };
}

/** An Ethernet II header, with or without 802.1Q tags; false when it is too short. */
function readEthernet(frame: Frame, start: number): boolean {
  if (frame.end - start < ETHERNET_HEADER) return false;
  frame.ethertype = uint16(frame.bytes, start + 12);
  frame.payload_start = start + ETHERNET_HEADER;
  frame.source_mac_start = start + 6;
  frame.destination_mac_start = start;
  return true;
}

/** A header of LINKTYPE_LINUX_SLL2; false when it is too short or its sender has no MAC address. */
function readSll2(frame: Frame, start: number): boolean {
  const { bytes } = frame;
  if (frame.end - start < SLL2_HEADER || bytes[start + 11] !== MAC_LENGTH) return false;
  frame.ethertype = uint16(bytes, start);
  frame.payload_start = start + SLL2_HEADER;
  frame.source_mac_start = start + 12;
  frame.interface_index = uint32(bytes, start + 4);
  frame.direction = bytes[start + 10] === SLL2_OUTGOING ? 'out' : 'in';
  return true;
}

/** Goes behind the VLAN tags; false when one is cut. */
function passTags(frame: Frame): boolean {
  frame.vlan = undefined;
  while (frame.ethertype === ETHERTYPE.vlan || frame.ethertype === ETHERTYPE.qinq) {
    if (frame.end - frame.payload_start < 4) return false;
    frame.vlan ??= uint16(frame.bytes, frame.payload_start) & 0x0fff;
    frame.ethertype = uint16(frame.bytes, frame.payload_start + 2);
    frame.payload_start += 4;
  }
  return true;
}

export function sourceMac(frame: Frame): string {
  return macText(frame.bytes, frame.source_mac_start);
}
