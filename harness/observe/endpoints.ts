import { latin1Text, uint32 } from './bytes.ts';

/** One end of a conversation. */
export interface Endpoint {
  ip: string;
  port: number;
}

const FIRST_IPV6_NUMBER = 2 ** 32;
const PORTS = 2 ** 16;

/**
 * Numbers for addresses, so that a frame finds its conversation without text being made for it: an IPv4 address is
 * its own number, IPv6 addresses are counted in the order of their first sight.
 */
export class AddressNumbers {
  readonly #ipv6 = new Map<string, number>();

  /** Below 2^48. */
  endpoint(bytes: Uint8Array, address_start: number, version: 4 | 6, port: number): number {
    const address = version === 4 ? uint32(bytes, address_start) : this.#ipv6Number(bytes, address_start);
    return address * PORTS + port;
  }

  #ipv6Number(bytes: Uint8Array, at: number): number {
    const key = latin1Text(bytes, at, at + 16);
    const known = this.#ipv6.get(key);
    if (known !== undefined) return known;
    const fresh = FIRST_IPV6_NUMBER + this.#ipv6.size;
    this.#ipv6.set(key, fresh);
    return fresh;
  }
}

/** Values by two endpoints, in the order in which they are given. */
export class PairMap<Value> {
  readonly #rows = new Map<number, Map<number, Value>>();

  get(a: number, b: number): Value | undefined {
    return this.#rows.get(a)?.get(b);
  }

  set(a: number, b: number, value: Value): void {
    const row = this.#rows.get(a);
    if (row) row.set(b, value);
    else this.#rows.set(a, new Map([[b, value]]));
  }

  delete(a: number, b: number): void {
    this.#rows.get(a)?.delete(b);
  }
}
