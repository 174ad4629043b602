import { type ArpMessage, arpOf } from './arp.ts';
import { ETHERTYPE, type Frame } from './frame.ts';

/** Picks gratuitous ARPs out of captures' frames, one at a time. */
export class GarpCollector {
  readonly #garps: ArpMessage[] = [];

  take(frame: Frame): void {
    const arp = frame.ethertype === ETHERTYPE.arp ? arpOf(frame) : undefined;
    if (arp?.gratuitous) this.#garps.push(arp);
  }

  /** In order of time: captures of several segments are not in order among each other. */
  result(): ArpMessage[] {
    return this.#garps.toSorted((a, b) => a.at_ns - b.at_ns);
  }
}
