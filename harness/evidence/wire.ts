import { framesOf } from '../observe/frame.ts';
import type { Pcap } from '../observe/pcap.ts';
import { type ProbeRequest, ProbeRequestCollector } from '../observe/probe-requests.ts';
import { TcpSegments } from '../observe/tcp-segments.ts';
import type { FrameWatch } from './frame-watch.ts';

/** A segment's capture, in memory. */
export interface SegmentCapture {
  segment: string;
  pcap: Pcap;
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
  /** The requests of the UDP probe to this port, from the segment that saw the most of them: the client's. */
  requests(port: number): ProbeRequest[];
  frames: number;
}

/** Looks at every frame of every segment, once. */
export async function readWire(
  captures: AsyncIterable<SegmentCapture>,
  question: WireQuestion,
): Promise<Wire> {
  const tcp = new TcpSegments(question.tcp_ports);
  const requests: ProbeRequestCollector[] = [];
  let frames = 0;
  for await (const { segment, pcap } of captures) {
    const own = new ProbeRequestCollector();
    requests.push(own);
    for (const frame of framesOf(pcap, question.epoch_ns)) {
      tcp.take(frame, segment);
      own.take(frame);
      for (const watch of question.watches) watch.take(frame, segment);
      frames += 1;
    }
  }
  const most = (port: number) =>
    requests.map((segment) => segment.requests(port)).reduce((a, b) => (b.length > a.length ? b : a), []);
  return { tcp, requests: most, frames };
}
