import { InputError } from '../../../ground/errors.ts';
import type { LabTime } from '../../../ground/time.ts';
import type { RequestRecord } from '../../../outage/request-outages.ts';

const HEADER = 'seq,sent_ns,echoed_ns,received_ns';

/**
 * The records of a UDP probe from its CSV, ordered by sequence number; an empty field is a thing that never
 * happened. Times are LabTime.
 * @throws InputError naming the line that is not a record.
 */
export function parseUdpRecords(csv: string): RequestRecord[] {
  const lines = csv.trimEnd().split('\n');
  if (lines[0] !== HEADER)
    throw new InputError(`these are not UDP probe records: the first line is not '${HEADER}'`);
  return lines.slice(1).map((line, at) => {
    const [seq, sent, echoed, received, ...rest] = line.split(',');
    const numbers = [seq, sent, echoed, received].map(Number);
    if (rest.length > 0 || received === undefined || !numbers.every(Number.isSafeInteger) || !seq || !sent) {
      throw new InputError(`line ${at + 2} of the UDP probe records is not a record: '${line.slice(0, 80)}'`);
    }
    return {
      seq: Number(seq),
      sent_ns: Number(sent),
      echoed_ns: echoed ? Number(echoed) : null,
      received_ns: received ? Number(received) : null,
    };
  });
}

const ARRIVALS_HEADER = 'seq,echoed_ns';

/**
 * When requests reached the server, by sequence number, from its CSV.
 * @throws InputError naming the line that is not a record.
 */
export function parseArrivals(csv: string): Map<number, LabTime> {
  const lines = csv.trimEnd().split('\n');
  if (lines[0] !== ARRIVALS_HEADER)
    throw new InputError(`this is not a UDP server's record: the first line is not '${ARRIVALS_HEADER}'`);
  return new Map(
    lines.slice(1).map((line, at) => {
      const [seq, echoed, ...rest] = line.split(',');
      const numbers = [seq, echoed].map(Number);
      if (rest.length > 0 || !seq || !echoed || !numbers.every(Number.isSafeInteger)) {
        throw new InputError(
          `line ${at + 2} of the UDP server's record is not a record: '${line.slice(0, 80)}'`,
        );
      }
      return [Number(seq), Number(echoed)];
    }),
  );
}

/** The requests, with the arrival also of those whose answer was lost. */
export function withArrivals(
  records: readonly RequestRecord[],
  arrivals: ReadonlyMap<number, LabTime>,
): RequestRecord[] {
  return records.map((record) => ({
    ...record,
    echoed_ns: record.echoed_ns ?? arrivals.get(record.seq) ?? null,
  }));
}
