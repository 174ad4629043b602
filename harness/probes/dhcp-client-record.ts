import { z } from 'zod';
import { InputError, messageOf } from '../ground/errors.ts';
import type { LabTime } from '../ground/time.ts';
import { type ProbeFiles, recordOf } from './probe.ts';

/** What a client told its hook script. */
export interface HookEvent {
  at_ns: LabTime;
  /** In the client's own words: BOUND, RENEW, REBIND, REBOOT, EXPIRE, ... */
  reason: string;
  interface: string;
  address: string | null;
  server: string | null;
  lease_s: number | null;
}

/** What is kept of a client: who it is, what it said, and what the kernel said of its addresses. */
export interface ClientRecord {
  mac: string;
  events: HookEvent[];
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
    }),
  ),
  addresses: z.array(
    z.object({ at_ns: z.number(), change: z.enum(['added', 'removed']), address: z.string() }),
  ),
}) satisfies z.ZodType<ClientRecord>;

/** @throws InputError when the record is missing or is none. */
export function clientRecordOf(files: ProbeFiles, name: string): ClientRecord {
  const text = new TextDecoder().decode(recordOf(files, name));
  try {
    return record.parse(JSON.parse(text));
  } catch (error) {
    throw new InputError(`the record '${name}' is none of a DHCP client: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * The lines of a hook script: time since 1970 in ns, reason, interface, address, server, lease in s; `-` for what
 * there is none of. A last line that is being written is left out.
 * @param epoch_ns the lab's epoch.
 */
export function parseHookEvents(text: string, epoch_ns: bigint): HookEvent[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole.split('\n').flatMap((line): HookEvent[] => {
    const [at, reason, name, address, server, lease, ...more] = line.split(' ');
    if (!at || !/^\d+$/.test(at) || !reason || !name || lease === undefined || more.length > 0) return [];
    return [
      {
        at_ns: Number(BigInt(at) - epoch_ns),
        reason,
        interface: name,
        address: given(address),
        server: given(server),
        lease_s: /^\d+$/.test(lease) ? Number(lease) : null,
      },
    ];
  });
}

function given(word: string | undefined): string | null {
  return word === undefined || word === '-' ? null : word;
}
