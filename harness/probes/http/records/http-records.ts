import { InputError } from '../../../ground/errors.ts';
import type { LabTime } from '../../../ground/time.ts';

/** What became of an HTTP request; `ok` is the right answer, however late. */
export const HTTP_OUTCOMES = [
  'ok',
  'status',
  'wrong-content',
  'wrong-instance',
  'refused',
  'reset',
  'closed',
  'timeout',
  'unreachable',
  'unfinished',
] as const;
export type HttpOutcome = (typeof HTTP_OUTCOMES)[number];

/** One request of a probe that sends on a fixed schedule, whatever becomes of its answers. */
export interface HttpRecord {
  seq: number;
  sent_ns: LabTime;
  /** null on a connection that was used before, and where none came about. */
  connected_ns: LabTime | null;
  /** When its outcome was known; null when it never was. */
  done_ns: LabTime | null;
  outcome: HttpOutcome;
  /** null without an answer. */
  status: number | null;
  /** Who answered, and which node passed it on, as far as the answer names them. */
  backend: string;
  node: string;
  reused: boolean;
}

const HEADER = 'seq,sent_ns,connected_ns,done_ns,outcome,status,backend,node,reused';
const FIELDS = HEADER.split(',').length;

/**
 * The records of an HTTP probe from its CSV, in the order in which the requests were sent. Times are LabTime.
 * @throws InputError naming the line that is not a record.
 */
export function parseHttpRecords(csv: string): HttpRecord[] {
  const lines = csv.trimEnd().split('\n');
  if (lines[0] !== HEADER)
    throw new InputError(`these are not HTTP probe records: the first line is not '${HEADER}'`);
  return lines.slice(1).map((line, at) => {
    const record = recordOf(line.split(','));
    if (!record)
      throw new InputError(
        `line ${at + 2} of the HTTP probe records is not a record: '${line.slice(0, 80)}'`,
      );
    return record;
  });
}

function recordOf(fields: readonly string[]): HttpRecord | undefined {
  const [seq, sent, connected, done, outcome, status, backend, node, reused] = fields;
  const numbers = [seq, sent, connected, done, status].map(Number);
  const known = HTTP_OUTCOMES.find((one) => one === outcome);
  if (fields.length !== FIELDS || !seq || !sent || !known || !numbers.every(Number.isSafeInteger))
    return undefined;
  // What has its outcome has it from some moment on.
  if ((known === 'unfinished') !== (done === '') || (reused !== '0' && reused !== '1')) return undefined;
  return {
    seq: Number(seq),
    sent_ns: Number(sent),
    connected_ns: connected ? Number(connected) : null,
    done_ns: done ? Number(done) : null,
    outcome: known,
    status: status ? Number(status) : null,
    backend: backend!,
    node: node!,
    reused: reused === '1',
  };
}
