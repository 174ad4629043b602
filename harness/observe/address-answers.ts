import { Address6 } from 'ip-address';
import type { LabTime } from '../ground/time.ts';
import { latin1Text, macText, uint32 } from './bytes.ts';
import type { Frame } from './frame.ts';
import { type IpPacket, ipTransportOf } from './ip.ts';
import { PROTOCOL } from './ipv4.ts';
import { TCP_FLAG, TCP_HEADER } from './tcp.ts';

/** Which interface first spoke TCP for an address, and when. */
export interface AddressAnswer {
  mac: string;
  at_ns: LabTime;
}

/**
 * Notes, frame by frame, which interfaces accept or serve TCP connections (RFC 9293) of which of the asked-for
 * addresses. A reset is not service, and does not count.
 */
export class AddressAnswers {
  /** By the address as `keyOf` has it; the first answers by MAC. */
  readonly #asked = new Map<number | string, { since_ns: LabTime; first: Map<string, LabTime> }>();

  /** @param since_ns by address: what was sent before does not count. */
  constructor(since_ns: ReadonlyMap<string, LabTime>) {
    for (const [address, moment] of since_ns) {
      this.#asked.set(keyOf(address), { since_ns: moment, first: new Map() });
    }
  }

  take(frame: Frame): void {
    if (this.#asked.size === 0) return;
    const packet = ipTransportOf(frame, PROTOCOL.tcp, TCP_HEADER);
    const asked = packet && this.#asked.get(sourceKey(frame, packet));
    if (!asked || frame.at_ns < asked.since_ns) return;
    if ((frame.bytes[packet.payload_start + 13]! & TCP_FLAG.rst) !== 0) return;
    const mac = macText(frame.bytes, frame.source_mac_start);
    const known = asked.first.get(mac);
    if (known === undefined || frame.at_ns < known) asked.first.set(mac, frame.at_ns);
  }

  /** Of one address, in order of time. */
  of(address: string): AddressAnswer[] {
    const first = this.#asked.get(keyOf(address))?.first ?? new Map<string, LabTime>();
    return [...first].map(([mac, at_ns]) => ({ mac, at_ns })).sort((a, b) => a.at_ns - b.at_ns);
  }
}

/** A number for an address of IPv4, the bytes of one of IPv6: nothing is written out for a frame. */
function sourceKey({ bytes }: Frame, { version, source_start }: IpPacket): number | string {
  return version === 4 ? uint32(bytes, source_start) : latin1Text(bytes, source_start, source_start + 16);
}

function keyOf(address: string): number | string {
  if (!address.includes(':'))
    return address.split('.').reduce((number, byte) => number * 256 + Number(byte), 0);
  const digits = new Address6(address).bigInt().toString(16).padStart(32, '0');
  return latin1Text(Buffer.from(digits, 'hex'), 0, 16);
}
