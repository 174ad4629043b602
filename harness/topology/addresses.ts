import { Address4, Address6 } from 'ip-address';

/** An address in the one form in which two spellings of it are equal. */
export function canonicalAddress(address: string): string | undefined {
  const bare = address.split('/', 1)[0]!;
  if (Address4.isValid(bare)) return new Address4(bare).correctForm();
  return Address6.isValid(bare) ? new Address6(bare).correctForm() : undefined;
}

/** The family of an address, with or without prefix length. */
export function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

/** Whether an address of IPv6 holds on its link alone (RFC 4291, 2.5.6: fe80::/10), whatever its prefix length. */
export function isLinkLocal(address: string): boolean {
  const bare = address.split('/', 1)[0]!;
  return Address6.isValid(bare) && new Address6(bare).isInSubnet(LINK_LOCAL);
}

const LINK_LOCAL = new Address6('fe80::/10');

/** What is wrong with an interface address such as 198.18.1.1/24; undefined when nothing is. */
export function prefixProblem(family: 'ipv4' | 'ipv6', text: string): string | undefined {
  const example = family === 'ipv4' ? '198.18.1.1/24' : '2001:db8::1/64';
  const name = family === 'ipv4' ? 'IPv4' : 'IPv6';
  const isValid = family === 'ipv4' ? Address4.isValid(text) : Address6.isValid(text);
  const [address, length, ...rest] = text.split('/');
  if (isValid && length !== undefined && rest.length === 0 && !address!.includes('%')) {
    const wrong = unfitFor(family, address!) ?? (family === 'ipv4' ? edgeOf(text) : undefined);
    if (wrong) return `'${text}' cannot be an address of an interface: ${wrong}; write it like ${example}`;
    if (Number(length) > 0) return undefined;
    return `'${text}' has prefix length 0, so that every address would be on the link: write it like ${example}`;
  }
  if (isValid && length === undefined) return `'${text}' has no prefix length: write it like ${example}`;
  return `'${text}' is not an ${name} address with prefix length: write it like ${example}`;
}

/** Why no interface can have an address, whatever its network; undefined when one can. */
export function unfitAddress(text: string): string | undefined {
  if (Address4.isValid(text)) return unfitFor('ipv4', text);
  return Address6.isValid(text) ? unfitFor('ipv6', text) : undefined;
}

/** RFC 1122, 3.2.1.3; RFC 4291, 2.4. */
function unfitFor(family: 'ipv4' | 'ipv6', address: string): string | undefined {
  const bits = family === 'ipv4' ? new Address4(address).bigInt() : new Address6(address).bigInt();
  if (bits === 0n) return 'it stands for no address';
  if (family === 'ipv6') {
    if (bits === 1n) return 'it is the loopback address';
    return bits >> 120n === 0xffn ? 'it is a multicast address' : undefined;
  }
  const first = bits >> 24n;
  if (first === 127n) return 'it is a loopback address';
  if (first >= 224n && first <= 239n) return 'it is a multicast address';
  return bits === 0xffff_ffffn ? 'it is the broadcast address' : undefined;
}

/** The first and last address of an IPv4 network belong to no interface, but on links of two (RFC 3021) and one. */
function edgeOf(text: string): string | undefined {
  const address = new Address4(text);
  if (address.subnetMask === 0 || address.subnetMask >= 31) return undefined;
  if (address.bigInt() === address.startAddress().bigInt()) return 'it is the address of the network itself';
  return address.bigInt() === address.endAddress().bigInt()
    ? "it is the network's broadcast address"
    : undefined;
}

/** `02-00-00-00-00-01` as `02:00:00:00:00:01`, or what is wrong with it. */
export function parseMac(text: string): { mac: string } | { problem: string } {
  if (!/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text)) {
    return { problem: `'${text}' is not a MAC address: write it like 02:00:00:00:00:01` };
  }
  const mac = text.toLowerCase().replaceAll('-', ':');
  if (mac === '00:00:00:00:00:00')
    return { problem: `'${text}' cannot be the MAC address of an interface: all bits are zero` };
  // IEEE 802: the lowest bit of the first byte marks a group address.
  if ((Number.parseInt(mac.slice(0, 2), 16) & 1) === 1) {
    return {
      problem: `'${text}' is a multicast MAC address; an interface needs one whose first byte is even, like 02`,
    };
  }
  return { mac };
}
