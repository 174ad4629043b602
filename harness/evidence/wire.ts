import { FrameCursor } from '../observe/frame.ts';
import type { Pcap } from '../observe/pcap.ts';
import { ProbeRequestCollector, type ProbeRequests } from '../observe/probe-requests.ts';
import { TcpSegments } from '../observe/tcp-segments.ts';
import type { FrameWatch } from './frame-watch.ts';

/** A segment's capture, of which one piece at a time is in memory. */
export interface SegmentCapture {
  segment: string;
  pieces: AsyncIterable<Pcap> | Iterable<Pcap>;
}

/** What is looked for on the wire. */
export interface WireQuestion {
  epoch_ns: bigint;
  tcp_ports: readonly number[];
  /** Who else gets every frame. */
  watches: readonly FrameWatch[];
}

/** What the captures of a trial hold. */
export interface Wire {
  tcp: TcpSegments;
  /** The requests of the UDP probe to this port, from the segment that saw the most of them, and the first: the client's. */
  requests(port: number): ProbeRequests;
  frames: number;
}

/** Looks at every frame of every segment, once. */
export async function readWire(
  captures: AsyncIterable<SegmentCapture>,
  question: WireQuestion,
): Promise<Wire> {
  const tcp = new TcpSegments(question.tcp_ports);
  const requests = new Map<number, ProbeRequests>();
  let frames = 0;
  for await (const { segment, pieces } of captures) {
    const own = new ProbeRequestCollector();
    for await (const piece of pieces) {
      const cursor = new FrameCursor(piece, question.epoch_ns);
      const { frame } = cursor;
      while (cursor.next()) {
        tcp.take(frame, segment);
        own.take(frame);
        for (const watch of question.watches) watch.take(frame, segment);
        frames += 1;
      }
    }
    keepMost(requests, own);
  }
  return { tcp, requests: (port) => requests.get(port) ?? NONE, frames };
}

const NONE: ProbeRequests = {
  seq: new Float64Array(),
  at_ns: new Float64Array(),
  answered_ns: new Float64Array(),
};

/** Of each port the requests of the segment that saw the most of them; of those with as many, of the one that saw the first. */
function keepMost(most: Map<number, ProbeRequests>, segment: ProbeRequestCollector): void {
  for (const port of segment.ports()) {
    const own = segment.requests(port);
    const known = most.get(port) ?? NONE;
    const more = own.seq.length - known.seq.length;
    if (more > 0 || (more === 0 && own.at_ns[0]! < known.at_ns[0]!)) most.set(port, own);
  }
}
