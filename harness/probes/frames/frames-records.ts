import { z } from 'zod';
import { type Records, recordOf } from '../../evidence/records.ts';
import { InputError } from '../../ground/errors.ts';
import type { Incoming } from '../../outage/ways.ts';
import { numberColumns, startsWith } from '../udp/records/number-lines.ts';
import { readCsv } from '../udp/records/udp-ends.ts';
import { parseArrivals } from '../udp/records/udp-records.ts';

/** An interface at which frames are listened for. */
interface Place {
  node: string;
  interface: string;
}

export interface FrameListener extends Place {
  /** Name of its program, and of its record without the ending. */
  program: string;
}

const heardFile = z.strictObject({
  listeners: z
    .array(
      z.strictObject({
        node: z.string(),
        interface: z.string(),
        program: z.string(),
        dropped: z.int().min(0),
        running: z.boolean(),
      }),
    )
    .min(1),
});

const SENT_HEADER = 'seq,sent_ns';

/** How the programs of a probe are named: the receiver is the first who listens. */
export function framePrograms(
  name: string,
  receiver: Place,
  intruders: readonly Place[],
): { sender: string; listeners: FrameListener[] } {
  return {
    sender: name,
    listeners: [
      { ...receiver, program: `${name}-receiver` },
      ...intruders.map((one) => ({ ...one, program: `${name}-intruder-${one.node}-${one.interface}` })),
    ],
  };
}

/** The records of a trial: what was sent, what each heard, and who they were. */
export function frameRecords(
  name: string,
  sent: Uint8Array,
  heard: readonly { listener: FrameListener; csv: Uint8Array; dropped: number; running: boolean }[],
): Records {
  const listeners = heard.map(({ listener, dropped, running }) => ({ ...listener, dropped, running }));
  return {
    [`${name}.csv`]: sent,
    ...Object.fromEntries(heard.map(({ listener, csv }) => [`${listener.program}.csv`, csv])),
    [`${name}-listeners.json`]: Buffer.from(`${JSON.stringify({ listeners })}\n`),
  };
}

/** What one listener heard. */
export interface Heard extends FrameListener {
  arrivals: Incoming;
  /** Frames that the kernel could not hand to the program. */
  dropped: number;
  /** Its interface was up and had carrier at the end: one that has not hears nothing. */
  running: boolean;
}

export interface FrameRecords {
  seq: Float64Array;
  sent_ns: Float64Array;
  /** Frames that came back in where they were sent. */
  returned: number;
  receiver: Heard;
  intruders: Heard[];
}

/** @throws InputError when a record is missing or is none. */
export function frameRecordsOf(files: Records, name: string): FrameRecords {
  const found = heardFile.safeParse(jsonOf(files, `${name}-listeners.json`));
  if (!found.success) throw new InputError(`the record '${name}-listeners.json' is not a list of listeners`);
  const [receiver, ...intruders] = found.data.listeners.map((one): Heard => {
    return { ...one, arrivals: readCsv(files, `${one.program}.csv`, parseArrivals) };
  });
  return { ...readCsv(files, `${name}.csv`, parseSent), receiver: receiver!, intruders };
}

function jsonOf(files: Records, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(recordOf(files, file)));
  } catch (error) {
    if (error instanceof SyntaxError) throw new InputError(`the record '${file}' is not JSON`);
    throw error;
  }
}

/** Frames are numbered from 0; behind them are the numbers of those that came back. */
function parseSent(csv: Uint8Array): { seq: Float64Array; sent_ns: Float64Array; returned: number } {
  if (!startsWith(csv, SENT_HEADER))
    throw new InputError(`this is not a record of sent frames: the first line is not '${SENT_HEADER}'`);
  const wrong = 'of the record of sent frames is not a record';
  const [seq, sent_ns] = numberColumns(csv, { header: SENT_HEADER, needed: 2, wrong });
  const end = seq!.findIndex((number, at) => number !== at);
  const until = end < 0 ? seq!.length : end;
  return {
    seq: seq!.subarray(0, until),
    sent_ns: sent_ns!.subarray(0, until),
    returned: seq!.length - until,
  };
}
