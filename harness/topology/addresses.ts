import { Address4, Address6 } from 'ip-address';

/** An address in the one form in which two spellings of it are equal. */
export function canonicalAddress(address: string): string | undefined {
  const bare = address.split('/', 1)[0]!;
  if (Address4.isValid(bare)) return new Address4(bare).correctForm();
  return Address6.isValid(bare) ? new Address6(bare).correctForm() : undefined;
}

/** What is wrong with an interface address such as 198.18.1.1/24; undefined when nothing is. */
export function prefixFault(family: 'ipv4' | 'ipv6', text: string): string | undefined {
  const example = family === 'ipv4' ? '198.18.1.1/24' : '2001:db8::1/64';
  const name = family === 'ipv4' ? 'IPv4' : 'IPv6';
  const isValid = family === 'ipv4' ? Address4.isValid(text) : Address6.isValid(text);
  const [address, length, ...rest] = text.split('/');
  if (isValid && length !== undefined && rest.length === 0 && !address!.includes('%')) return undefined;
  if (isValid && length === undefined) return `'${text}' has no prefix length: write it like ${example}`;
  return `'${text}' is no ${name} address with prefix length: write it like ${example}`;
}

/** `02-00-00-00-00-01` as `02:00:00:00:00:01`, or what is wrong with it. */
export function parseMac(text: string): { mac: string } | { fault: string } {
  if (!/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text)) {
    return { fault: `'${text}' is no MAC address: write it like 02:00:00:00:00:01` };
  }
  const mac = text.toLowerCase().replaceAll('-', ':');
  if (mac === '00:00:00:00:00:00')
    return { fault: `'${text}' is no MAC address of an interface: all bits are zero` };
  // IEEE 802: the lowest bit of the first byte marks a group address.
  if ((Number.parseInt(mac.slice(0, 2), 16) & 1) === 1) {
    return {
      fault: `'${text}' is a multicast MAC address; an interface needs one whose first byte is even, like 02`,
    };
  }
  return { mac };
}
