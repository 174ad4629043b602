import type { Bound } from '../../../journal/journal.ts';
import { LATE_MS } from '../../../systems/dhcp/findings/dhcp-bounds.ts';

/**
 * How long new clients may go without an address when one of several servers dies, in ms. A client that comes later
 * takes the offer of a server that is left; only one that was talking to the dead server loses: it asks again after its
 * first interval (RFC 2131 §4.1), and is served within the time that counts as one try. The same holds for its wait.
 */
export function serverLossBound(retransmit_ms: number, late_ms = LATE_MS): Bound {
  return {
    low: 0,
    high: retransmit_ms + late_ms,
    from: `DHCP: a client of the dead server asks again after ${retransmit_ms / 1000} s, + ${late_ms / 1000} s for the exchange`,
  };
}
