import type { LabTime } from '../ground/time.ts';
import { macText, uint32 } from './bytes.ts';
import type { Frame } from './frame.ts';
import { PROTOCOL, transportOf } from './ipv4.ts';
import { TCP_FLAG, TCP_HEADER } from './tcp.ts';

/** Which interface first spoke TCP for an address, and when. */
export interface AddressAnswer {
  mac: string;
  at_ns: LabTime;
}

/**
 * Notes, frame by frame, which interfaces accept or serve TCP connections (RFC 9293) of which of the asked-for IPv4
 * addresses. A reset is no service, and does not count.
 */
export class AddressAnswers {
  readonly #since_ns: LabTime;
  /** By the address as a number; then by MAC. */
  readonly #first = new Map<number, Map<string, LabTime>>();

  /** @param since_ns what was sent before does not count. */
  constructor(addresses: readonly string[], since_ns: LabTime) {
    this.#since_ns = since_ns;
    for (const address of addresses) this.#first.set(numberOf(address), new Map());
  }

  take(frame: Frame): void {
    if (this.#first.size === 0 || frame.at_ns < this.#since_ns) return;
    const packet = transportOf(frame, PROTOCOL.tcp, TCP_HEADER);
    const first = packet && this.#first.get(uint32(frame.bytes, packet.source_start));
    if (!first || (frame.bytes[packet.payload_start + 13]! & TCP_FLAG.rst) !== 0) return;
    const mac = macText(frame.bytes, frame.source_mac_start);
    const known = first.get(mac);
    if (known === undefined || frame.at_ns < known) first.set(mac, frame.at_ns);
  }

  /** Of one address, in order of time. */
  of(address: string): AddressAnswer[] {
    const first = this.#first.get(numberOf(address)) ?? new Map<string, LabTime>();
    return [...first].map(([mac, at_ns]) => ({ mac, at_ns })).sort((a, b) => a.at_ns - b.at_ns);
  }
}

function numberOf(address: string): number {
  return address.split('.').reduce((number, byte) => number * 256 + Number(byte), 0);
}
