import { Address4 } from 'ip-address';
import { cannotPropose } from './cannot-propose.ts';

/**
 * Addresses of a network that are not taken, the highest first; each call takes one.
 * @param network such as `198.18.1.1/24`.
 * @param taken those that are; grows.
 * @throws InputError when there is none left.
 */
export function freeAddresses(network: string, taken: Set<string>): () => string {
  const parsed = new Address4(network);
  let next = parsed.endAddress().bigInt() - 1n;
  return () => {
    for (; next > parsed.startAddress().bigInt(); next -= 1n) {
      const address = Address4.fromBigInt(next).correctForm();
      if (taken.has(address)) continue;
      taken.add(address);
      return address;
    }
    throw cannotPropose(`network ${network} has no free address for a router, a client or a server`);
  };
}
