import { z } from 'zod';
import { type Records, recordOf } from '../../evidence/records.ts';
import { InputError, messageOf } from '../../ground/errors.ts';
import type { LabTime } from '../../ground/time.ts';
import type { DhcpClientEvent } from '../../systems/dhcp/live/dhcp-client-events.ts';

/** What is kept of a client: who it is, what it said, and what the kernel said of its addresses. */
export interface ClientRecord {
  mac: string;
  events: DhcpClientEvent[];
  addresses: { at_ns: LabTime; change: 'added' | 'removed'; address: string }[];
}

const record = z.object({
  mac: z.string(),
  events: z.array(
    z.object({
      at_ns: z.number(),
      reason: z.string(),
      interface: z.string(),
      address: z.string().nullable(),
      server: z.string().nullable(),
      lease_s: z.number().nullable(),
      t1_s: z.number().nullable(),
      t2_s: z.number().nullable(),
    }),
  ),
  addresses: z.array(
    z.object({ at_ns: z.number(), change: z.enum(['added', 'removed']), address: z.string() }),
  ),
}) satisfies z.ZodType<ClientRecord>;

/** @throws InputError when the record is missing or is none. */
export function clientRecordOf(files: Records, name: string): ClientRecord {
  const text = new TextDecoder().decode(recordOf(files, name));
  try {
    return record.parse(JSON.parse(text));
  } catch (error) {
    throw new InputError(`the record '${name}' is not a record of a DHCP client: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
