import { InputError } from '../../../ground/errors.ts';
import { positionOf } from '../../../ground/number-column.ts';
import { type RequestColumns, RequestTable } from '../../../outage/request-table.ts';
import type { Incoming, IncomingAnswers } from '../../../outage/ways.ts';
import { numberColumns, startsWith } from './number-lines.ts';

const HEADER = 'seq,sent_ns,echoed_ns,received_ns';

/** What a UDP probe's client recorded. */
export interface UdpRecords {
  /** Ascending in `seq`, each with its first answer. */
  requests: RequestTable;
  /** Every answer, also further ones to the same request; requests that have none are among them. */
  answers: IncomingAnswers;
}

/**
 * The records of a UDP probe from its CSV, ordered by sequence number; an empty field is a thing that never
 * happened. Behind them are further answers to requests that had one. Times are LabTime.
 * @throws InputError naming the line that is not a record.
 */
export function parseUdpClient(csv: Uint8Array): UdpRecords {
  if (!startsWith(csv, HEADER))
    throw new InputError(`these are not UDP probe records: the first line is not '${HEADER}'`);
  const [seq, sent_ns, echoed_ns, received_ns] = numberColumns(csv, {
    header: HEADER,
    needed: 2,
    wrong: 'of the UDP probe records is not a record',
  });
  const columns = { seq: seq!, sent_ns: sent_ns!, echoed_ns: echoed_ns!, received_ns: received_ns! };
  const until = furtherAnswers(columns);
  return {
    requests: new RequestTable({
      seq: columns.seq.subarray(0, until),
      sent_ns: columns.sent_ns.subarray(0, until),
      echoed_ns: columns.echoed_ns.subarray(0, until),
      received_ns: columns.received_ns.subarray(0, until),
    }),
    answers: columns,
  };
}

/** The requests alone, each with its first answer. @throws InputError as `parseUdpClient`. */
export function parseUdpRecords(csv: Uint8Array): RequestTable {
  return parseUdpClient(csv).requests;
}

/**
 * Where the further answers begin: behind the last number, with the moment at which that request was sent. A line that is
 * out of order and is none of these is for who reads the requests to refuse.
 */
function furtherAnswers({ seq, sent_ns, received_ns }: RequestColumns): number {
  let until = seq.length;
  while (until > 0 && isFurther(until - 1)) until -= 1;
  return until;

  function isFurther(at: number): boolean {
    if (Number.isNaN(received_ns[at]!)) return false;
    // The numbers of requests follow each other.
    const first = seq[at]! - seq[0]!;
    return first < at && seq[first] === seq[at] && sent_ns[first] === sent_ns[at];
  }
}

const ARRIVALS_HEADER = 'seq,echoed_ns';

/**
 * Which requests reached the server, in the order of its record, and when: from its CSV.
 * @throws InputError naming the line that is not a record.
 */
export function parseArrivals(csv: Uint8Array): Incoming {
  if (!startsWith(csv, ARRIVALS_HEADER))
    throw new InputError(`this is not a UDP server's record: the first line is not '${ARRIVALS_HEADER}'`);
  const [seq, echoed_ns] = numberColumns(csv, {
    header: ARRIVALS_HEADER,
    needed: 2,
    wrong: "of the UDP server's record is not a record",
  });
  return { seq: seq!, echoed_ns: echoed_ns! };
}

/** The requests, which ascend in `seq`, with the arrival also of those whose answer was lost; of several the last. */
export function withArrivals(requests: RequestTable, arrivals: Incoming): RequestTable {
  const echoed_ns = requests.echoed_ns.slice();
  for (let at = 0; at < arrivals.seq.length; at += 1) {
    const request = positionOf(requests.seq, arrivals.seq[at]!);
    if (request >= 0 && Number.isNaN(requests.echoed_ns[request]!))
      echoed_ns[request] = arrivals.echoed_ns[at]!;
  }
  const { seq, sent_ns, received_ns } = requests;
  return new RequestTable({ seq, sent_ns, echoed_ns, received_ns });
}
