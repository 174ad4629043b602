import type { LabTime } from '../ground/time.ts';
import { ForwardingCollector } from '../observe/forwarding.ts';
import { framesOf } from '../observe/frame.ts';
import { TcpSegments } from '../observe/tcp-segments.ts';
import { VrrpCollector, type VrrpEvents } from '../observe/vrrp-events.ts';
import type { SegmentCapture } from './trial-folder.ts';

/** What is looked for on the wire. */
export interface WireQuestion {
  epoch_ns: bigint;
  fault_ns: LabTime;
  udp_ports: readonly number[];
  tcp_ports: readonly number[];
  /** Of the routers' interfaces. */
  macs: readonly string[];
}

/** What the captures of a trial hold. */
export interface Wire {
  vrrp: VrrpEvents;
  forwarding: ForwardingCollector;
  tcp: TcpSegments;
  frames: number;
}

/** Looks at every frame of every segment, once. */
export async function readWire(
  captures: AsyncIterable<SegmentCapture>,
  question: WireQuestion,
): Promise<Wire> {
  const vrrp = new VrrpCollector();
  const tcp = new TcpSegments(question.tcp_ports);
  const forwarding = new ForwardingCollector({
    ports: question.udp_ports,
    macs: question.macs,
    since_ns: question.fault_ns,
  });
  let frames = 0;
  for await (const { segment, pcap } of captures) {
    for (const frame of framesOf(pcap, question.epoch_ns)) {
      vrrp.take(frame);
      forwarding.take(frame);
      tcp.take(frame, segment);
      frames += 1;
    }
  }
  return { vrrp: vrrp.result(), forwarding, tcp, frames };
}
