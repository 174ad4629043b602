import type { LabTime } from '../ground/time.ts';
import { ipv4Text, macText, uint16 } from './bytes.ts';
import { ETHERTYPE, type Frame, sourceMac } from './frame.ts';

export interface ArpMessage {
  at_ns: LabTime;
  operation: 'request' | 'reply';
  sender_mac: string;
  sender_ip: string;
  target_mac: string;
  target_ip: string;
  /** The sender announces its own address: sender IP = target IP (RFC 5227 §3: an announcement). */
  gratuitous: boolean;
  /** Of the frame; a virtual MAC may differ from the one inside. */
  source_mac: string;
  interface_index: number | undefined;
}

const LENGTH = 28;

/** The ARP message in a frame (RFC 826, Ethernet and IPv4); undefined when there is none. */
export function arpOf(frame: Frame): ArpMessage | undefined {
  const { bytes, payload_start: at } = frame;
  if (frame.ethertype !== ETHERTYPE.arp || frame.end - at < LENGTH) return undefined;
  const operation = uint16(bytes, at + 6);
  if (uint16(bytes, at) !== 1 || uint16(bytes, at + 2) !== ETHERTYPE.ipv4) return undefined;
  if (bytes[at + 4] !== 6 || bytes[at + 5] !== 4 || (operation !== 1 && operation !== 2)) return undefined;
  const sender_ip = ipv4Text(bytes, at + 14);
  const target_ip = ipv4Text(bytes, at + 24);
  return {
    at_ns: frame.at_ns,
    operation: operation === 1 ? 'request' : 'reply',
    sender_mac: macText(bytes, at + 8),
    sender_ip,
    target_mac: macText(bytes, at + 18),
    target_ip,
    gratuitous: sender_ip === target_ip,
    source_mac: sourceMac(frame),
    interface_index: frame.interface_index,
  };
}
