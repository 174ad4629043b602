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

/**
 * The same where it is known how long the servers that are left may take for an exchange.
 * @param exchange the longest, in ms.
 * @param times.naks clients that were refused.
 * @returns the reason where the probe's own limit makes it meaningless.
 */
export function knownReplyBound(
  { high: exchange_ms, from }: Bound,
  times: { retransmit_ms: number; served_within_ms: number; naks: number },
): Bound | string {
  const { retransmit_ms, served_within_ms, naks } = times;
  if (exchange_ms > served_within_ms)
    return `${from}: the probe's served_within (${served_within_ms / 1000} s) is shorter, so that it may count no client as served`;
  // Who is refused, because its address went to another client meanwhile, begins anew.
  const rounds = naks > 0 ? 2 : 1;
  return {
    low: 0,
    high: retransmit_ms + rounds * exchange_ms,
    from: `DHCP: a client of the dead server asks again after ${retransmit_ms / 1000} s, + ${from}${rounds > 1 ? `, twice: ${naks} were refused once` : ''}`,
  };
}
