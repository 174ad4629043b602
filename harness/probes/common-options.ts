import { z } from 'zod';
import { InputError } from '../ground/errors.ts';
import { parseDurationMs } from '../ground/time.ts';

/** A duration in a drill file: `5ms`, `3s`; gives milliseconds. */
export const duration = z.union([z.string(), z.number()]).transform((text, context): number => {
  try {
    return parseDurationMs(text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

/** What every probe between two nodes says of itself. */
export const endpoints = {
  from: z.string().describe('the node whose users are played'),
  to: z.string().describe('the node that serves them'),
  // The probe programs speak IPv4 only.
  address: z.ipv4('an IPv4 address such as 203.0.113.1').describe('where the client finds the server'),
};

/** What every probe that plays DHCP clients says of itself. */
export const clientSide = {
  from: z.string().describe('the node whose interface the clients are played on'),
  interface: z.string().describe('the interface of that node'),
  network: z
    .string()
    .describe('the network in the networks file; the clients are the ports of its port_range'),
};
