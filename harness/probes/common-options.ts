import { z } from 'zod';
import { InputError } from '../ground/errors.ts';
import { parseDurationMs } from '../ground/time.ts';
import { unfitAddress } from '../topology/addresses.ts';
import { interfaceNameProblem, MAX_INTERFACE_NAME } from '../topology/names.ts';

/** A lab is not watched for longer; a timer of Node's ends at 24 days. */
const LONGEST_MS = 86_400_000;

/** A duration in a drill file: `5ms`, `3s`; gives milliseconds. */
export const duration = z.union([z.string(), z.number()]).transform((text, context): number => {
  try {
    const ms = parseDurationMs(text);
    if (ms <= LONGEST_MS) return ms;
    context.addIssue({ code: 'custom', message: 'a duration of at most 24 hours' });
    return z.NEVER;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

/** The name of an interface, as it may stand in a topology. */
export const interfaceName = z
  .string()
  .superRefine((name, context) => {
    const message = interfaceNameProblem('interface', name);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .meta({ maxLength: MAX_INTERFACE_NAME });

/** What every probe between two nodes says of itself. */
export const endpoints = {
  from: z.string().describe('the node whose users are played'),
  to: z.string().describe('the node that serves them'),
  // The probe programs speak IPv4 only.
  address: z
    .ipv4('an IPv4 address such as 203.0.113.1')
    .refine(
      (text) => unfitAddress(text) === undefined,
      'an address that a server can have, such as 203.0.113.1',
    )
    .describe('where the client finds the server'),
};

/** Where a probe plays DHCP clients. */
export const clientPlace = {
  from: z.string().describe('the node whose interface the clients are played on'),
  interface: interfaceName.describe('the interface of that node'),
};

/** What every probe that plays the ports of a network says of itself. */
export const clientSide = {
  ...clientPlace,
  network: z
    .string()
    .describe('the network in the networks file; the clients are the ports of its port_range'),
};
