import { z } from 'zod';
import { type Records, recordOf } from '../../evidence/records.ts';
import { InputError, messageOf } from '../../ground/errors.ts';
import type { SessionRecord } from './records/session-outcome.ts';
import type { SuccessorRecord } from './records/session-successors.ts';

/** A side of the probe: the name of its program in the lab, and of the record that it leaves. */
export interface TcpSide {
  node: string;
  program: string;
  record: string;
}

/** Who takes part in a TCP probe: the client, and a server on every node that is given. */
export function tcpSides(
  name: string,
  from: string,
  to: readonly string[],
): { client: TcpSide; servers: TcpSide[] } {
  const side = (node: string, program: string, file: string): TcpSide => ({
    node,
    program,
    record: `${file}.json`,
  });
  const one = to.length === 1;
  return {
    client: side(from, name, `${name}-client`),
    servers: to.map((node) => {
      const server = one ? `${name}-server` : `${name}-server-${node}`;
      return side(node, server, server);
    }),
  };
}

const id = z.union([z.string(), z.number()]);

/** What the probe's programs write of a session, as far as it is read. */
const records = z.object({
  sessions: z.array(
    z.object({
      id,
      /** Of a successor, the session whose place it takes. Records of earlier versions have none. */
      origin: id.nullable().optional(),
      mode: z.enum(['client_first', 'server_first']),
      established_ns: z.number().nullable(),
      first_received_ns: z.number().nullable().optional(),
      last_received_ns: z.number().nullable(),
      received: z.number(),
      longest_stall_ns: z.number(),
      stall_from_ns: z.number(),
      order_errors: z.number(),
      ended: z
        .object({
          at_ns: z.number(),
          how: z.enum(['reset', 'closed', 'refused', 'timed_out', 'given_up']),
          message: z.string(),
        })
        .nullable(),
    }),
  ),
});

export interface ClientSessions {
  /** The sessions of the beginning. */
  originals: SessionRecord[];
  /** Those that took their places, and were heard from. */
  successors: SuccessorRecord[];
}

/** @throws InputError when the record is missing or is none. */
export function clientSessionsOf(files: Records, name: string): ClientSessions {
  const originals: SessionRecord[] = [];
  const successors: SuccessorRecord[] = [];
  for (const { origin, first_received_ns, ...session } of readSessions(files, name)) {
    if (origin == null) originals.push(session);
    else if (first_received_ns != null) successors.push({ ...session, origin, first_received_ns });
  }
  return { originals, successors };
}

/** @throws InputError when the record is missing or is none. */
export function serverSessionsOf(files: Records, name: string): SessionRecord[] {
  return readSessions(files, name);
}

function readSessions(files: Records, name: string): z.output<typeof records>['sessions'] {
  const text = new TextDecoder().decode(recordOf(files, name));
  const read = records.safeParse(parsed(text, name));
  if (read.success) return read.data.sessions;
  const { path, message } = read.error.issues[0]!;
  throw new InputError(
    `the record '${name}' is not a record of TCP sessions: ${path.join('.') || 'it'}: ${message}`,
  );
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`the record '${name}' is not JSON: ${messageOf(error)}`);
  }
}
