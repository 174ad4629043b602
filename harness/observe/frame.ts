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
  const clock = labClock(epoch_ns);
  const decode = pcap.link_type === 'ethernet' ? ethernetFrame : sll2Frame;
  const cursor = new PcapCursor(pcap);
  while (cursor.next()) {
    const frame = decode(clock(cursor), pcap.bytes, cursor.start, cursor.end);
    if (frame) yield frame;
  }
}

/** An Ethernet II frame, with or without 802.1Q tags; undefined when it is too short. */
export function ethernetFrame(
  at_ns: LabTime,
  bytes: Uint8Array,
  start: number,
  end: number,
): Frame | undefined {
  if (end - start < ETHERNET_HEADER) return undefined;
  return untagged({
    at_ns,
    bytes,
    ethertype: uint16(bytes, start + 12),
    payload_start: start + ETHERNET_HEADER,
    end,
    source_mac_start: start + 6,
    destination_mac_start: start,
    vlan: undefined,
    interface_index: undefined,
    direction: undefined,
  });
}

/** A frame of LINKTYPE_LINUX_SLL2; undefined when it is too short or its sender has no MAC address. */
export function sll2Frame(at_ns: LabTime, bytes: Uint8Array, start: number, end: number): Frame | undefined {
  if (end - start < SLL2_HEADER || bytes[start + 11] !== MAC_LENGTH) return undefined;
  return untagged({
    at_ns,
    bytes,
    ethertype: uint16(bytes, start),
    payload_start: start + SLL2_HEADER,
    end,
    source_mac_start: start + 12,
    destination_mac_start: undefined,
    vlan: undefined,
    interface_index: uint32(bytes, start + 4),
    direction: bytes[start + 10] === SLL2_OUTGOING ? 'out' : 'in',
  });
}

function untagged(frame: Frame): Frame | undefined {
  while (frame.ethertype === ETHERTYPE.vlan || frame.ethertype === ETHERTYPE.qinq) {
    if (frame.end - frame.payload_start < 4) return undefined;
    frame.vlan ??= uint16(frame.bytes, frame.payload_start) & 0x0fff;
    frame.ethertype = uint16(frame.bytes, frame.payload_start + 2);
    frame.payload_start += 4;
  }
  return frame;
}

export function sourceMac(frame: Frame): string {
  return macText(frame.bytes, frame.source_mac_start);
}
