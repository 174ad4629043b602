import { InputError } from '../ground/errors.ts';
import type { UdpProbeRecord } from './udp-outage.ts';

const HEADER = 'seq,sent_ns,echoed_ns,received_ns';

/**
 * The records of a UDP probe from its CSV, ordered by sequence number; an empty field is a thing that never
 * happened. Times are LabTime.
 * @throws InputError naming the line that is not a record.
 */
export function parseUdpRecords(csv: string): UdpProbeRecord[] {
  const lines = csv.trimEnd().split('\n');
  if (lines[0] !== HEADER)
    throw new InputError(`these are no UDP probe records: the first line is not '${HEADER}'`);
  return lines.slice(1).map((line, at) => {
    const [seq, sent, echoed, received, ...rest] = line.split(',');
    const numbers = [seq, sent, echoed, received].map(Number);
    if (rest.length > 0 || received === undefined || !numbers.every(Number.isSafeInteger) || !seq || !sent) {
      throw new InputError(`line ${at + 2} of the UDP probe records is no record: '${line.slice(0, 80)}'`);
    }
    return {
      seq: Number(seq),
      sent_ns: Number(sent),
      echoed_ns: echoed ? Number(echoed) : null,
      received_ns: received ? Number(received) : null,
    };
  });
}
