import { NumberColumn } from '../ground/number-column.ts';
import type { LabTime } from '../ground/time.ts';
import { uint16, uint32 } from './bytes.ts';
import type { Frame } from './frame.ts';
import { ipTransportOf } from './ip.ts';
import { PROTOCOL } from './ipv4.ts';

/** A request of a UDP probe as the wire saw it; times are the kernel's stamps of the frames. */
export interface ProbeRequest {
  /** Which sender's it is: the same for all requests of one probe. */
  flow: string;
  seq: number;
  at_ns: LabTime;
  /** When its answer came by; null when none did. */
  answered_ns: LabTime | null;
}

/** A datagram: magic, sender, number, time of sending, time at the echo (0 on the way out); zeros may follow. */
const MAGIC = 0x48445531;
const UDP_HEADER = 8;
const SIZE = 36;
const SENDER_AT = 4;
const SEQ_AT = 12;
const ECHOED_AT = 28;

/** Requests in a column for each field, NaN where no answer came by. */
export interface ProbeRequests {
  seq: Float64Array;
  at_ns: Float64Array;
  answered_ns: Float64Array;
}

class Sender {
  readonly flow: string;
  readonly port: number;
  readonly #seq = new NumberColumn();
  readonly #at_ns = new NumberColumn();
  readonly #answered_ns = new NumberColumn();
  #last_seq = -1;
  /** Of each number, where its request is; undefined as long as the numbers ascend. */
  #rows: Map<number, number> | undefined;

  constructor(flow: string, port: number) {
    this.flow = flow;
    this.port = port;
  }

  request(seq: number, at_ns: LabTime): void {
    if (seq <= this.#last_seq) {
      this.#rows ??= new Map([...this.#seq.values()].map((one, row) => [one, row]));
      if (this.#rows.has(seq)) return;
    }
    this.#rows?.set(seq, this.#seq.length);
    this.#seq.push(seq);
    this.#at_ns.push(at_ns);
    this.#answered_ns.push(Number.NaN);
    this.#last_seq = Math.max(seq, this.#last_seq);
  }

  answer(seq: number, at_ns: LabTime): void {
    const row = this.#rows ? (this.#rows.get(seq) ?? -1) : this.#seq.positionOf(seq);
    if (row >= 0 && Number.isNaN(this.#answered_ns.at(row))) this.#answered_ns.set(row, at_ns);
  }

  columns(): ProbeRequests {
    const [seq, at_ns, answered_ns] = [this.#seq, this.#at_ns, this.#answered_ns];
    return { seq: seq.values(), at_ns: at_ns.values(), answered_ns: answered_ns.values() };
  }
}

/** Notes the requests of UDP probes, and their answers, in the frames of one segment. */
export class ProbeRequestCollector {
  readonly #senders = new Map<number, Sender>();
  /** The one that the last datagram was of, as most are. */
  #last = { high: -1, low: -1, sender: undefined as Sender | undefined };

  take(frame: Frame): void {
    const packet = ipTransportOf(frame, PROTOCOL.udp, UDP_HEADER + SIZE);
    if (!packet) return;
    const { bytes } = frame;
    const at = packet.payload_start;
    const payload = at + UDP_HEADER;
    if (uint16(bytes, at + 4) < UDP_HEADER + SIZE || uint32(bytes, payload) !== MAGIC) return;
    const is_request =
      uint32(bytes, payload + ECHOED_AT) === 0 && uint32(bytes, payload + ECHOED_AT + 4) === 0;
    const sender = this.#sender(bytes, payload + SENDER_AT, uint16(bytes, is_request ? at + 2 : at));
    // Numbers stay far below 2^53.
    const seq = uint32(bytes, payload + SEQ_AT) * 2 ** 32 + uint32(bytes, payload + SEQ_AT + 4);
    if (is_request) sender.request(seq, frame.at_ns);
    else sender.answer(seq, frame.at_ns);
  }

  /** The ports of the servers that requests went to. */
  ports(): number[] {
    return [...new Set([...this.#senders.values()].map(({ port }) => port))];
  }

  /** The requests to servers on `port`, in order of their frames within each flow. */
  requests(port: number): ProbeRequests {
    const found = [...this.#senders.values()]
      .filter((sender) => sender.port === port)
      .map((sender) => sender.columns());
    return found.length === 1 ? found[0]! : joined(found);
  }

  /** Every request, each with its sender. */
  all(): ProbeRequest[] {
    return [...this.#senders.values()].flatMap((sender) => {
      const { seq, at_ns, answered_ns } = sender.columns();
      return Array.from(seq, (number, row) => ({
        flow: sender.flow,
        seq: number,
        at_ns: at_ns[row]!,
        answered_ns: Number.isNaN(answered_ns[row]!) ? null : answered_ns[row]!,
      }));
    });
  }

  #sender(bytes: Uint8Array, at: number, port: number): Sender {
    const high = uint32(bytes, at);
    const low = uint32(bytes, at + 4);
    if (this.#last.sender && this.#last.high === high && this.#last.low === low) return this.#last.sender;
    // Random numbers: the lower 53 bits of them tell senders apart as well as all 64.
    const key = (high & 0x1fffff) * 2 ** 32 + low;
    let sender = this.#senders.get(key);
    if (!sender) {
      const flow = `${high.toString(16).padStart(8, '0')}${low.toString(16).padStart(8, '0')}`;
      sender = new Sender(flow, port);
      this.#senders.set(key, sender);
    }
    this.#last = { high, low, sender };
    return sender;
  }
}

function joined(parts: readonly ProbeRequests[]): ProbeRequests {
  const column = (of: (part: ProbeRequests) => Float64Array) =>
    Float64Array.from(parts.flatMap((part) => [...of(part)]));
  return {
    seq: column(({ seq }) => seq),
    at_ns: column(({ at_ns }) => at_ns),
    answered_ns: column(({ answered_ns }) => answered_ns),
  };
}

/** The requests, and their answers, in all of these frames. */
export function probeRequestsOf(frames: Iterable<Frame>): ProbeRequest[] {
  const collector = new ProbeRequestCollector();
  for (const frame of frames) collector.take(frame);
  return collector.all();
}
