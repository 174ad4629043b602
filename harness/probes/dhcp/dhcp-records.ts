import { z } from 'zod';
import { type Records, recordOf } from '../../evidence/records.ts';
import { InputError, messageOf } from '../../ground/errors.ts';
import type { LabTime } from '../../ground/time.ts';
import type { DhcpExchange } from './records/dhcp-exchanges.ts';
import { LEASE_GROUPS, LEASE_REQUESTS, type LeaseRequest } from './records/dhcp-leases.ts';

/** What a DHCP probe recorded; `images/fabric/agent/probes/dhcp_records.py` writes it. */
export interface DhcpRecords {
  /** By number. */
  exchanges: DhcpExchange[];
  /** In the order in which they were decided. */
  requests: LeaseRequest[];
  /** Where the rate of the exchanges was set: at least once, when the probe began. */
  rates: { per_s: number; from_seq: number; at_ns: LabTime }[];
  /** Frames that the kernel could not hand to the probe. */
  dropped: number;
  /** Share of a processor that the probe's process took since the rate was set last; undefined when it never was. */
  cpu_ratio: number | undefined;
}

const FORMAT = '{"format":"hadrill.dhcp/1"}';
const time = z.int();
const address = z.string();
const seconds = z.number().nullable();

const exchange = z
  .strictObject({
    seq: z.int(),
    port: address,
    discovers: z.array(time).min(1),
    offers: z.array(z.tuple([address, address, time])),
    requests: z.array(time),
    ack: z.tuple([address, address, seconds, seconds, seconds, time]).nullable(),
    naks: z.array(z.tuple([address, time])),
    end: z.enum(['acked', 'failed', 'open']),
    released: time.exactOptional(),
  })
  .transform(
    ({ seq, port, discovers, offers, requests, ack, naks, end, released }): DhcpExchange => ({
      seq,
      port_address: port,
      discovers_ns: discovers,
      offers: offers.map(([server, address, at_ns]) => ({ server, address, at_ns })),
      requests_ns: requests,
      ack: ack && {
        server: ack[0],
        address: ack[1],
        lease_s: ack[2],
        t1_s: ack[3],
        t2_s: ack[4],
        at_ns: ack[5],
      },
      naks: naks.map(([server, at_ns]) => ({ server, at_ns })),
      end,
      ...(released === undefined ? {} : { released_ns: released }),
    }),
  );

const request = z
  .strictObject({
    lease: z.int(),
    group: z.enum(LEASE_GROUPS),
    op: z.enum(LEASE_REQUESTS),
    sent: time,
    granted_by: address.nullable(),
    outcome: z.enum(['ack', 'nak', 'none']),
    server: address.nullable(),
    address: address.nullable(),
    at: time.nullable(),
  })
  .refine(
    ({ outcome, at }) => (outcome === 'none') === (at === null),
    'an answer has a time, and only one has',
  )
  .transform(({ sent, at, ...rest }): LeaseRequest => ({ ...rest, sent_ns: sent, at_ns: at }));

const rate = z
  .strictObject({ rate: z.int().min(1), from_seq: z.int(), at: time })
  .transform(({ rate, from_seq, at }) => ({ per_s: rate, from_seq, at_ns: at }));

const end = z.strictObject({
  end: z.object({
    exchanges: z.int(),
    requests: z.int(),
    dropped: z.int(),
    cpu_ns: z.number(),
    stage: z.object({ lasted_ns: z.number(), cpu_ns: z.number() }).nullable(),
  }),
});

/** @throws InputError when the record is missing, is cut, or has a line that is none. */
export function dhcpRecordsOf(files: Records, name: string): DhcpRecords {
  const lines = new TextDecoder().decode(recordOf(files, name)).split('\n');
  if (lines[0] !== FORMAT) throw new InputError(`the record '${name}' is not a record of a DHCP probe`);
  if (lines.pop() !== '' || !lines.at(-1)?.startsWith('{"end":'))
    throw new InputError(`the record '${name}' is cut: its last line is not the one that ends it`);
  const found: DhcpRecords = { exchanges: [], requests: [], rates: [], dropped: 0, cpu_ratio: undefined };
  const facts = lines.slice(1).map((line, at) => readLine(found, line, () => `'${name}', line ${at + 2}`));
  const last = facts.at(-1);
  if (!last || last.exchanges !== found.exchanges.length || last.requests !== found.requests.length)
    throw new InputError(`the record '${name}' lacks lines: it has not as many as its last line says`);
  found.exchanges.sort((a, b) => a.seq - b.seq);
  const { dropped, stage } = last;
  return { ...found, dropped, cpu_ratio: stage ? stage.cpu_ns / stage.lasted_ns : undefined };
}

/** Adds what a line says; returns what the last one says. */
function readLine(
  found: DhcpRecords,
  line: string,
  place: () => string,
): z.output<typeof end>['end'] | undefined {
  try {
    if (line.startsWith('{"seq":')) found.exchanges.push(exchange.parse(JSON.parse(line)));
    else if (line.startsWith('{"lease":')) found.requests.push(request.parse(JSON.parse(line)));
    else if (line.startsWith('{"rate":')) found.rates.push(rate.parse(JSON.parse(line)));
    else return end.parse(JSON.parse(line)).end;
  } catch (error) {
    throw new InputError(`the record ${place()} is not a record of a DHCP probe: ${firstReason(error)}`, {
      cause: error,
    });
  }
  return undefined;
}

function firstReason(error: unknown): string {
  const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
  return issue ? `${issue.path.join('.') || 'it'}: ${issue.message}` : messageOf(error);
}
