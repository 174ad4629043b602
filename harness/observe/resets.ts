import type { LabTime } from '../ground/time.ts';
import type { Frame } from './frame.ts';
import { PROTOCOL, transportOf } from './ipv4.ts';
import { tcpOf } from './tcp.ts';

/** A reset of a TCP connection, as one segment saw it. */
export interface Reset {
  at_ns: LabTime;
  segment: string;
  /** Both ends, in a fixed order: one connection gives one flow, whoever resets it. */
  flow: string;
}

const FLAGS_AT = 13;
const RST = 4;

/** Notes the resets of connections with one of these ports. */
export class ResetCollector {
  readonly resets: Reset[] = [];
  readonly #ports: readonly number[];

  constructor(ports: readonly number[]) {
    this.#ports = ports;
  }

  take(frame: Frame, segment: string): void {
    const packet = transportOf(frame, PROTOCOL.tcp, FLAGS_AT + 1);
    if (!packet || (frame.bytes[packet.payload_start + FLAGS_AT]! & RST) === 0) return;
    const tcp = tcpOf(frame);
    if (!tcp || !this.#ports.some((port) => port === tcp.source_port || port === tcp.destination_port))
      return;
    const ends = [`${tcp.source}:${tcp.source_port}`, `${tcp.destination}:${tcp.destination_port}`];
    this.resets.push({ at_ns: frame.at_ns, segment, flow: ends.sort().join(' ') });
  }
}

/**
 * How many connections were reset in [from_ns, to_ns]. A connection crosses several segments, with other
 * addresses on each where it is translated, so the segment that saw the most has seen them all.
 */
export function resetConnections(resets: readonly Reset[], from_ns: LabTime, to_ns: LabTime): number {
  const bySegment = new Map<string, Set<string>>();
  for (const { at_ns, segment, flow } of resets) {
    if (at_ns < from_ns || at_ns > to_ns) continue;
    bySegment.set(segment, (bySegment.get(segment) ?? new Set()).add(flow));
  }
  return Math.max(0, ...[...bySegment.values()].map((flows) => flows.size));
}
