import type { LabTime } from '../ground/time.ts';
import { macText, uint16 } from './bytes.ts';
import type { Frame } from './frame.ts';
import { ipTransportOf } from './ip.ts';
import { PROTOCOL } from './ipv4.ts';

/** corosync's `mcastport` default; each further link has the next one, of eight at most (corosync.conf(5)). */
const KNET_PORT = 5405;
const MOST_LINKS = 8;
const UDP_HEADER = 8;

/**
 * Notes, frame by frame, when which interface spoke knet: that it did, not what it said. The nodes of a cluster ping each
 * other all the time, so silence tells that one is gone.
 */
export class KnetSpeakers {
  readonly #ports: { first: number; last: number };
  readonly #spoke = new Map<string, LabTime[]>();

  /** @param port of the first link; default: 5405. */
  constructor(port = KNET_PORT) {
    this.#ports = { first: port, last: port + MOST_LINKS - 1 };
  }

  take(frame: Frame): void {
    const packet = ipTransportOf(frame, PROTOCOL.udp, UDP_HEADER);
    if (!packet) return;
    const port = uint16(frame.bytes, packet.payload_start + 2);
    if (port < this.#ports.first || port > this.#ports.last) return;
    const mac = macText(frame.bytes, frame.source_mac_start);
    const known = this.#spoke.get(mac);
    if (known) known.push(frame.at_ns);
    else this.#spoke.set(mac, [frame.at_ns]);
  }

  /** Every moment at which one of these interfaces spoke, in order of time. */
  heard(macs: readonly string[]): LabTime[] {
    return macs.flatMap((mac) => this.#spoke.get(mac) ?? []).sort((a, b) => a - b);
  }
}
