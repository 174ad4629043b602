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
 * addresses. A reset is not service, and does not count.
 */
export class AddressAnswers {
  /** By the address as a number; the first answers by MAC. */
  readonly #asked = new Map<number, { since_ns: LabTime; first: Map<string, LabTime> }>();

  /** @param since_ns by address: what was sent before does not count. */
  constructor(since_ns: ReadonlyMap<string, LabTime>) {
    for (const [address, moment] of since_ns) {
      this.#asked.set(numberOf(address), { since_ns: moment, first: new Map() });
    }
  }

  take(frame: Frame): void {
    if (this.#asked.size === 0) return;
    const packet = transportOf(frame, PROTOCOL.tcp, TCP_HEADER);
    const asked = packet && this.#asked.get(uint32(frame.bytes, packet.source_start));
    if (!asked || frame.at_ns < asked.since_ns) return;
    if ((frame.bytes[packet.payload_start + 13]! & TCP_FLAG.rst) !== 0) return;
    const mac = macText(frame.bytes, frame.source_mac_start);
    const known = asked.first.get(mac);
    if (known === undefined || frame.at_ns < known) asked.first.set(mac, frame.at_ns);
  }

  /** Of one address, in order of time. */
  of(address: string): AddressAnswer[] {
    const first = this.#asked.get(numberOf(address))?.first ?? new Map<string, LabTime>();
    return [...first].map(([mac, at_ns]) => ({ mac, at_ns })).sort((a, b) => a.at_ns - b.at_ns);
  }
}

function numberOf(address: string): number {
  return address.split('.').reduce((number, byte) => number * 256 + Number(byte), 0);
}
