import { InputError } from '../../../ground/errors.ts';
import { positionOf } from '../../../ground/number-column.ts';
import { RequestTable } from '../../../outage/request-table.ts';
import { numberColumns, startsWith } from './number-lines.ts';

const HEADER = 'seq,sent_ns,echoed_ns,received_ns';

/**
 * The records of a UDP probe from its CSV, ordered by sequence number; an empty field is a thing that never
 * happened. Times are LabTime.
 * @throws InputError naming the line that is not a record.
 */
export function parseUdpRecords(csv: Uint8Array): RequestTable {
  if (!startsWith(csv, HEADER))
    throw new InputError(`these are not UDP probe records: the first line is not '${HEADER}'`);
  const [seq, sent_ns, echoed_ns, received_ns] = numberColumns(csv, {
    header: HEADER,
    needed: 2,
    wrong: 'of the UDP probe records is not a record',
  });
  return new RequestTable({
    seq: seq!,
    sent_ns: sent_ns!,
    echoed_ns: echoed_ns!,
    received_ns: received_ns!,
  });
}

const ARRIVALS_HEADER = 'seq,echoed_ns';

/** Which requests reached the server, in the order of its record, and when. */
export interface Arrivals {
  seq: Float64Array;
  echoed_ns: Float64Array;
}

/**
 * When requests reached the server, from its CSV.
 * @throws InputError naming the line that is not a record.
 */
export function parseArrivals(csv: Uint8Array): Arrivals {
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
export function withArrivals(requests: RequestTable, arrivals: Arrivals): RequestTable {
  const echoed_ns = requests.echoed_ns.slice();
  for (let at = 0; at < arrivals.seq.length; at += 1) {
    const request = positionOf(requests.seq, arrivals.seq[at]!);
    if (request >= 0 && Number.isNaN(requests.echoed_ns[request]!))
      echoed_ns[request] = arrivals.echoed_ns[at]!;
  }
  const { seq, sent_ns, received_ns } = requests;
  return new RequestTable({ seq, sent_ns, echoed_ns, received_ns });
}
