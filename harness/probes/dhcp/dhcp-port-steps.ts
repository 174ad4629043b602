import { z } from 'zod';
import { type Records, recordOf } from '../../evidence/records.ts';
import { InputError, messageOf } from '../../ground/errors.ts';
import type { LabTime } from '../../ground/time.ts';

/** Something that happened to a port, after which its client asked for an address. */
export interface PortStep {
  /** Number of the client's exchange. */
  seq: number;
  step: 'added' | 'moved' | 'removed';
  mac: string;
  /** The port's address after the step; of one that was removed, its last. */
  address: string;
  /** When the last agent got it; null when none ran. */
  told_ns: LabTime | null;
}

const steps = z.array(
  z.object({
    seq: z.int(),
    step: z.enum(['added', 'moved', 'removed']),
    mac: z.string(),
    address: z.string(),
    told_ns: z.number().nullable(),
  }),
) satisfies z.ZodType<PortStep[]>;

/** @throws InputError when the record is missing or is none. */
export function portStepsOf(files: Records, name: string): PortStep[] {
  const text = new TextDecoder().decode(recordOf(files, name));
  try {
    return steps.parse(JSON.parse(text));
  } catch (error) {
    throw new InputError(`the record '${name}' is not a record of a probe 'dhcp-port': ${messageOf(error)}`, {
      cause: error,
    });
  }
}
