import type { LabTime } from '../ground/time.ts';

/** What is the same in two sights of one packet, and not in two packets of one conversation. */
export interface Sighting {
  at_ns: LabTime;
  identification: number | undefined;
  seq: number;
  ack: number;
  flags: number;
  payload_length: number;
}

const COPY_NS = 50_000;
const MOST = 64;

/**
 * Finds the second sight of a packet, as a capture at several ports or a bridge that passes it twice makes it: the
 * same IP identification (IPv6 has none) and the same TCP numbers within 50 µs. No sender repeats itself so soon.
 */
export class FrameCopies {
  readonly #sightings: Sighting[] = [];
  readonly #senders: object[] = [];
  #newest = -1;

  /**
   * Whether this is a copy; what is none is remembered, the last 64 of all conversations together.
   * @param sender one direction of one conversation, compared by identity.
   */
  isCopy(sender: object, sighting: Sighting): boolean {
    for (let back = 0; back < this.#sightings.length; back += 1) {
      const at = (this.#newest - back + MOST) % MOST;
      const other = this.#sightings[at]!;
      if (sighting.at_ns - other.at_ns > COPY_NS) break;
      if (this.#senders[at] === sender && same(sighting, other)) return true;
    }
    this.#newest = (this.#newest + 1) % MOST;
    this.#sightings[this.#newest] = sighting;
    this.#senders[this.#newest] = sender;
    return false;
  }
}

function same(a: Sighting, b: Sighting): boolean {
  return (
    a.seq === b.seq &&
    a.identification === b.identification &&
    a.payload_length === b.payload_length &&
    a.flags === b.flags &&
    a.ack === b.ack
  );
}
