import type { LabTime } from '../ground/time.ts';
import { uint16, uint32 } from './bytes.ts';
import type { Frame } from './frame.ts';
import { PROTOCOL, transportOf } from './ipv4.ts';

/** A request of a UDP probe as the wire saw it; times are the kernel's stamps of the frames. */
export interface ProbeRequest {
  /** Which sender's it is: the same for all requests of one probe. */
  flow: string;
  seq: number;
  at_ns: LabTime;
  /** When its answer came by; null when none did. */
  answered_ns: LabTime | null;
}

/** A datagram: magic, sender, number, time of sending, time at the echo (0 on the way out). */
const MAGIC = 0x48445531;
const UDP_HEADER = 8;
const SIZE = 36;
const SENDER_AT = 4;
const SEQ_AT = 12;
const ECHOED_AT = 28;

interface Sender {
  flow: string;
  port: number;
  requests: ProbeRequest[];
  /** Of each number, where its request is. */
  bySeq: Map<number, ProbeRequest>;
}

/** Notes the requests of UDP probes, and their answers, in the frames of one segment. */
export class ProbeRequestCollector {
  readonly #senders = new Map<number, Sender>();

  take(frame: Frame): void {
    const packet = transportOf(frame, PROTOCOL.udp, UDP_HEADER + SIZE);
    if (!packet) return;
    const { bytes } = frame;
    const at = packet.payload_start;
    const payload = at + UDP_HEADER;
    if (uint16(bytes, at + 4) !== UDP_HEADER + SIZE || uint32(bytes, payload) !== MAGIC) return;
    const is_request =
      uint32(bytes, payload + ECHOED_AT) === 0 && uint32(bytes, payload + ECHOED_AT + 4) === 0;
    const sender = this.#sender(bytes, payload + SENDER_AT, uint16(bytes, is_request ? at + 2 : at));
    // Numbers stay far below 2^53.
    const seq = uint32(bytes, payload + SEQ_AT) * 2 ** 32 + uint32(bytes, payload + SEQ_AT + 4);
    const known = sender.bySeq.get(seq);
    if (!is_request) {
      if (known) known.answered_ns ??= frame.at_ns;
    } else if (!known) {
      const request = { flow: sender.flow, seq, at_ns: frame.at_ns, answered_ns: null };
      sender.requests.push(request);
      sender.bySeq.set(seq, request);
    }
  }

  /** The requests to servers on `port`, or to all, in order of their frames within each flow. */
  requests(port?: number): ProbeRequest[] {
    return [...this.#senders.values()]
      .filter((sender) => port === undefined || sender.port === port)
      .flatMap(({ requests }) => requests);
  }

  #sender(bytes: Uint8Array, at: number, port: number): Sender {
    const [high, low] = [uint32(bytes, at), uint32(bytes, at + 4)];
    // Random numbers: the lower 53 bits of them tell senders apart as well as all 64.
    const key = (high & 0x1fffff) * 2 ** 32 + low;
    let sender = this.#senders.get(key);
    if (!sender) {
      const flow = `${high.toString(16).padStart(8, '0')}${low.toString(16).padStart(8, '0')}`;
      sender = { flow, port, requests: [], bySeq: new Map() };
      this.#senders.set(key, sender);
    }
    return sender;
  }
}

/** The same of all frames at once. */
export function probeRequestsOf(frames: Iterable<Frame>): ProbeRequest[] {
  const collector = new ProbeRequestCollector();
  for (const frame of frames) collector.take(frame);
  return collector.requests();
}
