import type { TcpFlowOptions } from '../../../harness/observe/tcp-flows.ts';
import { frameOf } from './frames.ts';
import { type Segment, segmentFrame } from './message-builder.ts';
import { tcpFlowsOf } from './readers.ts';

export const MS = 1_000_000;
export const US = 1000;
export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const ACK = 16;

export const CLIENT = '198.18.0.2';
export const SERVER = '203.0.113.9';
export type Sent = [at_ms: number, segment: Segment];
let identification = 0;
/** Of each side, a packet of its own: the identification goes up. */
export const from_client = (at_ms: number, segment: Segment): Sent => [
  at_ms,
  { identification: ++identification, ...segment },
];
export const from_server = (at_ms: number, segment: Segment): Sent =>
  from_client(at_ms, {
    source: SERVER,
    destination: CLIENT,
    source_port: 80,
    destination_port: 40_000,
    ...segment,
  });
export const bytes = (length: number) => Array(length).fill(7);

export function flows(sent: Sent[], options: TcpFlowOptions = {}) {
  const frames = sent.map(([at_ms, segment]) => frameOf(segmentFrame(segment), Math.round(at_ms * MS)));
  return tcpFlowsOf(frames, options);
}

export const handshake = [
  from_client(0, { seq: 1000, flags: SYN }),
  from_server(1, { seq: 5000, ack: 1001, flags: SYN | ACK }),
  from_client(2, { seq: 1001, ack: 5001 }),
];
