import { z } from 'zod';
import { addressNumber, isAddress, subnetOf } from '../../systems/dhcp/config/subnet.ts';

/** IPv4 addresses in a row, as numbers from 0 to 2³² − 1; both ends belong to it. */
export interface AddressRange {
  first: number;
  last: number;
}

/** `198.18.1.50-198.18.1.99`, `198.18.1.0/25` or one address; undefined for anything else. */
export function addressRange(text: string): AddressRange | undefined {
  const [from = '', to, ...more] = text.split('-').map((part) => part.trim());
  if (more.length > 0) return undefined;
  if (to !== undefined) {
    if (!isAddress(from) || !isAddress(to)) return undefined;
    const range = { first: addressNumber(from), last: addressNumber(to) };
    return range.first <= range.last ? range : undefined;
  }
  if (isAddress(from)) return { first: addressNumber(from), last: addressNumber(from) };
  const [address = '', length = ''] = from.split('/');
  if (!isAddress(address) || !/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  const { first, last } = subnetOf(from);
  return { first, last };
}

/** Of ranges that were checked. */
export function isInRanges(address: string, ranges: readonly AddressRange[]): boolean {
  const number = addressNumber(address);
  return ranges.some(({ first, last }) => number >= first && number <= last);
}

/** A range in a drill file. */
export const rangeText = z
  .string()
  .refine(
    (text) => addressRange(text) !== undefined,
    'expected addresses such as 198.18.1.50-198.18.1.99 (the lower one first), a network such as 198.18.1.0/25, or one address',
  );
