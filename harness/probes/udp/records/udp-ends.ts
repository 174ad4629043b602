import { type Records, recordOf } from '../../../evidence/records.ts';
import { InputError, messageOf } from '../../../ground/errors.ts';
import type { RequestTable } from '../../../outage/request-table.ts';
import type { Incoming, IncomingAnswers } from '../../../outage/ways.ts';
import { parseArrivals, parseUdpClient, withArrivals } from './udp-records.ts';

const LINE_END = 0x0a;

/** The client's. */
export function recordName(probe: string): string {
  return `${probe}.csv`;
}

/** Which requests reached the server. */
export function arrivalsName(probe: string): string {
  return `${probe}-server.csv`;
}

/** What the two ends recorded. */
export interface UdpEnds {
  /** Each request, with its arrival at the server where that was recorded. */
  requests: RequestTable;
  answers: IncomingAnswers;
  /** undefined in records of before the server made any. */
  arrivals: Incoming | undefined;
}

/** @throws InputError when a record is missing or is none. */
export function endsOf(files: Records, name: string): UdpEnds {
  const { requests, answers } = readCsv(files, recordName(name), parseUdpClient);
  if (!(arrivalsName(name) in files)) return { requests, answers, arrivals: undefined };
  const arrivals = readCsv(files, arrivalsName(name), parseArrivals);
  return { requests: withArrivals(requests, arrivals), answers, arrivals };
}

/** @throws InputError when the record is missing, is cut or is none. */
export function readCsv<T>(files: Records, name: string, parse: (csv: Uint8Array) => T): T {
  const csv = recordOf(files, name);
  if (csv.length > 0 && csv.at(-1) !== LINE_END) {
    throw new InputError(`the record '${name}' is cut: its last line has no end`);
  }
  try {
    return parse(csv);
  } catch (error) {
    throw new InputError(`the record '${name}': ${messageOf(error)}`);
  }
}
