import { Address4 } from 'ip-address';

/** An IPv4 subnet in numbers. */
export interface Subnet {
  /** The network's address. */
  readonly first: number;
  /** The broadcast address. */
  readonly last: number;
  readonly prefix_length: number;
}

/** Of a valid text such as 198.18.16.0/21; bits of a host in it do not count. */
export function subnetOf(cidr: string): Subnet {
  const parsed = new Address4(cidr);
  return {
    first: Number(parsed.startAddress().bigInt()),
    last: Number(parsed.endAddress().bigInt()),
    prefix_length: parsed.subnetMask,
  };
}

/** An IPv4 address without a prefix length. */
export function isAddress(text: string): boolean {
  return Address4.isValid(text) && !text.includes('/');
}

/** 0 to 2³² − 1, of a valid address; a prefix length behind it does not count. */
export function addressNumber(address: string): number {
  return Number(new Address4(address).bigInt());
}

/** Of a number within 0 and 2³² − 1. */
export function addressText(number: number): string {
  return Address4.fromInteger(number).correctForm();
}

/** 198.18.16.0/21 */
export function subnetText({ first, prefix_length }: Subnet): string {
  return `${addressText(first)}/${prefix_length}`;
}

/** 255.255.248.0 */
export function netmaskText({ first, last }: Subnet): string {
  return addressText(2 ** 32 - 1 - (last - first));
}

/** Why a host cannot have this address; undefined when it can. */
export function hostAddressProblem(address: number, subnet: Subnet): string | undefined {
  if (address < subnet.first || address > subnet.last) return `is outside ${subnetText(subnet)}`;
  if (address === subnet.first) return `is the address of the network ${subnetText(subnet)} itself`;
  return address === subnet.last ? `is the broadcast address of ${subnetText(subnet)}` : undefined;
}
