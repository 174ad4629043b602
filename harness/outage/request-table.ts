import type { LabTime } from '../ground/time.ts';

/** One request of a probe that sends on a fixed schedule, whatever becomes of its answers. */
export interface RequestRecord {
  seq: number;
  sent_ns: LabTime;
  /** When the server received it; null when it never did. */
  echoed_ns: LabTime | null;
  /** When the answer came back; null when it never did. */
  received_ns: LabTime | null;
}

/** A column for each field of `RequestRecord`, all of the same length; NaN is what never happened. */
export interface RequestColumns {
  seq: Float64Array;
  sent_ns: Float64Array;
  echoed_ns: Float64Array;
  received_ns: Float64Array;
}

/** The requests of a probe, in 32 bytes each: a probe that sends every millisecond makes a million in a quarter of an hour. */
export class RequestTable implements RequestColumns {
  readonly length: number;
  readonly seq: Float64Array;
  readonly sent_ns: Float64Array;
  readonly echoed_ns: Float64Array;
  readonly received_ns: Float64Array;

  constructor({ seq, sent_ns, echoed_ns, received_ns }: RequestColumns) {
    this.length = seq.length;
    this.seq = seq;
    this.sent_ns = sent_ns;
    this.echoed_ns = echoed_ns;
    this.received_ns = received_ns;
  }

  /** Whether a request was answered within `late_ns`: false where it was not answered (NaN compares with nothing). */
  answeredWithin(at: number, late_ns: number): boolean {
    return this.received_ns[at]! - this.sent_ns[at]! <= late_ns;
  }
}

/** Requests in either form. */
export type Requests = Iterable<RequestRecord> | RequestTable;

/** The same as a table; one that is a table already is not copied. */
export function tableOf(requests: Requests): RequestTable {
  if (requests instanceof RequestTable) return requests;
  const records = [...requests];
  const column = (value: (record: RequestRecord) => number | null) =>
    Float64Array.from(records, (record) => value(record) ?? Number.NaN);
  return new RequestTable({
    seq: column(({ seq }) => seq),
    sent_ns: column(({ sent_ns }) => sent_ns),
    echoed_ns: column(({ echoed_ns }) => echoed_ns),
    received_ns: column(({ received_ns }) => received_ns),
  });
}
