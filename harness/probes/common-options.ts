import { z } from 'zod';
import { canonicalAddress, familyOf, isLinkLocal, unfitAddress } from '../topology/addresses.ts';
import { interfaceNameProblem, MAX_INTERFACE_NAME } from '../topology/names.ts';

/** The name of an interface, as it may stand in a topology. */
export const interfaceName = z
  .string()
  .superRefine((name, context) => {
    const message = interfaceNameProblem('interface', name);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .meta({ maxLength: MAX_INTERFACE_NAME });

/** Where a probe's client asks: an address of IPv4 or IPv6 that needs no interface beside it; gives its one form. */
export const serverAddress = z.string().transform((text, context): string => {
  const message = serverAddressProblem(text);
  if (message === undefined) return canonicalAddress(text)!;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** What was wanted instead; undefined where it is right. */
function serverAddressProblem(text: string): string | undefined {
  if (/^\[.*\]$/.test(text)) return `the address without brackets: ${text.slice(1, -1)}`;
  const plain = !/[/%]/.test(text) && canonicalAddress(text) !== undefined;
  if (!plain) return 'an IPv4 or IPv6 address such as 203.0.113.1 or 2001:db8::1';
  if (unfitAddress(text) !== undefined) return 'an address that a server can have, such as 203.0.113.1';
  // RFC 4007, 6: the same address may be on every link.
  return isLinkLocal(text)
    ? 'an address that is not link-local (fe80::/10), which means nothing without an interface: such as 2001:db8::1'
    : undefined;
}

/** What every probe between two nodes says of itself. */
export const endpoints = {
  from: z.string().describe('the node whose users are played'),
  to: z.string().describe('the node that serves them'),
  address: serverAddress.describe('where the client finds the server: IPv4 or IPv6'),
};

/** Where a server listens for clients that ask at this address: at all of its node's. */
export function anyAddress(address: string): string {
  return familyOf(address) === 6 ? '::' : '0.0.0.0';
}

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
