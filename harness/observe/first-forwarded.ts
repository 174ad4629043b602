import type { LabTime } from '../ground/time.ts';
import { uint16 } from './bytes.ts';
import type { Frame } from './frame.ts';
import { PROTOCOL, transportOf } from './ipv4.ts';

export interface ForwardedQuestion {
  /** UDP port of the probe's server; packets to it and from it count. */
  port: number;
  /** MACs of the new owner's interfaces. A virtual MAC is the old owner's as well, so tells nothing. */
  macs: readonly string[];
  fault_ns: LabTime;
}

/**
 * When the new owner first forwarded the probe: the earliest packet of it, from the fault on, whose frame
 * was sent by one of its MACs; undefined when there is none.
 * @throws never; a MAC that is not written as `02:00:00:00:00:01` matches nothing.
 */
export function firstForwarded(frames: Iterable<Frame>, question: ForwardedQuestion): LabTime | undefined {
  const macs = question.macs.map((mac) => mac.split(':').map((part) => Number.parseInt(part, 16)));
  let first_ns: LabTime | undefined;
  for (const frame of frames) {
    if (frame.at_ns < question.fault_ns || (first_ns !== undefined && frame.at_ns >= first_ns)) continue;
    if (macs.some((mac) => sentBy(frame, mac)) && isProbe(frame, question.port)) first_ns = frame.at_ns;
  }
  return first_ns;
}

function sentBy(frame: Frame, mac: readonly number[]): boolean {
  return mac.length === 6 && mac.every((byte, i) => frame.bytes[frame.source_mac_start + i] === byte);
}

function isProbe(frame: Frame, port: number): boolean {
  const packet = transportOf(frame, PROTOCOL.udp, 8);
  if (!packet) return false;
  const at = packet.payload_start;
  return uint16(frame.bytes, at) === port || uint16(frame.bytes, at + 2) === port;
}
