import type { LabTime } from '../ground/time.ts';
import { TCP_FLAG } from './tcp.ts';

/** A segment's numbers. */
export interface TcpNumbers {
  at_ns: LabTime;
  seq: number;
  /** The flags byte, see TCP_FLAG. */
  flags: number;
  payload_length: number;
}

/** What one side of a flow sent, copies of frames apart. Moments are undefined where there was none. */
export interface TcpDirection {
  /** Of every kind, pure acknowledgements too. */
  segments: number;
  /** Segments with payload, retransmitted ones too, keep-alive probes apart. */
  payload_segments: number;
  first_payload_ns: LabTime | undefined;
  last_payload_ns: LabTime | undefined;
  /** Segments with payload, SYN or FIN whose whole range had been sent before. */
  retransmitted: number;
  first_retransmitted_ns: LabTime | undefined;
  last_retransmitted_ns: LabTime | undefined;
  /** Segments that were only overtaken on their way. */
  reordered: number;
  /** Probes of zero or one byte just before what the other side awaits: of the connection, or of a closed window. */
  keep_alives: number;
}

/** A range that was skipped: its segment was lost before the capture, or is overtaken. */
interface Hole {
  from: number;
  to: number;
  at_ns: LabTime;
}

/** No retransmission comes sooner than this, and no wire of a lab holds a packet back for longer. */
const REORDER_NS = 3_000_000;
/** More are forgotten, the oldest first: their late filling then counts as retransmission, which it is but for that time. */
const MOST_HOLES = 4;

/** a − b of sequence numbers, right across the wrap (RFC 9293 §3.4). */
function seqDiff(a: number, b: number): number {
  return (a - b) | 0;
}

/** Keeps account of one side's sequence numbers, in memory of constant size. */
export class TcpSender {
  /** The number of its SYN, where known. */
  isn: number | undefined;
  readonly seen: TcpDirection = {
    segments: 0,
    payload_segments: 0,
    first_payload_ns: undefined,
    last_payload_ns: undefined,
    retransmitted: 0,
    first_retransmitted_ns: undefined,
    last_retransmitted_ns: undefined,
    reordered: 0,
    keep_alives: 0,
  };
  /** Behind the highest number that was sent. */
  #next: number | undefined;
  /** The highest number that the other side awaits. */
  #awaited: number | undefined;
  #holes: Hole[] = [];

  /** Starts anew at a SYN, seen or known by its acknowledgement; what was counted stays. */
  startAt(isn: number, next: number | undefined): void {
    this.isn = isn;
    this.#next = next;
    this.#awaited = undefined;
    this.#holes = [];
  }

  /** The other side acknowledges. */
  acknowledged(ack: number): void {
    if (this.#awaited === undefined || seqDiff(ack, this.#awaited) > 0) this.#awaited = ack;
  }

  /** A segment of this side that is not a reset. */
  send(segment: TcpNumbers): void {
    this.seen.segments += 1;
    if (this.#isKeepAlive(segment)) {
      this.seen.keep_alives += 1;
      return;
    }
    if (segment.payload_length > 0) {
      this.seen.payload_segments += 1;
      this.seen.first_payload_ns ??= segment.at_ns;
      this.seen.last_payload_ns = segment.at_ns;
    }
    const marks = Number((segment.flags & TCP_FLAG.syn) !== 0) + Number((segment.flags & TCP_FLAG.fin) !== 0);
    const length = segment.payload_length + marks;
    if (length > 0) this.#account(segment.at_ns, segment.seq, (segment.seq + length) >>> 0);
  }

  #isKeepAlive({ seq, flags, payload_length }: TcpNumbers): boolean {
    const plain = (flags & (TCP_FLAG.syn | TCP_FLAG.fin)) === 0;
    return plain && payload_length <= 1 && this.#awaited !== undefined && seqDiff(this.#awaited, seq) === 1;
  }

  #account(at_ns: LabTime, seq: number, end: number): void {
    if (this.#next === undefined) {
      this.#next = end;
    } else if (seqDiff(end, this.#next) > 0) {
      if (seqDiff(seq, this.#next) > 0) this.#skip({ from: this.#next, to: seq, at_ns });
      this.#next = end;
    } else if (this.#fillsYoungHole(at_ns, seq, end)) {
      this.seen.reordered += 1;
    } else {
      this.seen.retransmitted += 1;
      this.seen.first_retransmitted_ns ??= at_ns;
      this.seen.last_retransmitted_ns = at_ns;
    }
  }

  #skip(hole: Hole): void {
    this.#holes.push(hole);
    if (this.#holes.length > MOST_HOLES) this.#holes.shift();
  }

  /** Takes the range out of its hole, so that it fills it once. */
  #fillsYoungHole(at_ns: LabTime, seq: number, end: number): boolean {
    const at = this.#holes.findIndex((hole) => seqDiff(seq, hole.from) >= 0 && seqDiff(end, hole.to) <= 0);
    const hole = this.#holes[at];
    if (!hole) return false;
    const parts = [
      { ...hole, to: seq },
      { ...hole, from: end },
    ].filter(({ from, to }) => seqDiff(to, from) > 0);
    this.#holes.splice(at, 1, ...parts);
    if (this.#holes.length > MOST_HOLES) this.#holes.shift();
    return at_ns - hole.at_ns < REORDER_NS;
  }
}
