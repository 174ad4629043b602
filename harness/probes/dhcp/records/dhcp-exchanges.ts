import { median } from 'simple-statistics';
import { type LabTime, msFromNs, NS_PER_MS } from '../../../ground/time.ts';
import { type RequestOutages, type RequestRecord, requestOutages } from '../../../outage/request-outages.ts';
import { LATE_MS } from '../../../systems/dhcp/findings/dhcp-bounds.ts';

/** An OFFER as the client received it. */
export interface DhcpOffer {
  /** Server identifier (option 54). */
  server: string;
  address: string;
  at_ns: LabTime;
}

/** An ACK as the client received it; times of the lease in s, null where the server said none. */
export interface DhcpGrant {
  server: string;
  address: string;
  lease_s: number | null;
  t1_s: number | null;
  t2_s: number | null;
  at_ns: LabTime;
}

/** A client that gets an address: from its first DISCOVER to an ACK, or to its giving up. */
export interface DhcpExchange {
  /** Exchange n was due n intervals after the first one. */
  seq: number;
  /** The address that belongs to the client's MAC; `ANY_ADDRESS` where none does. */
  port_address: string;
  /** When it sent DISCOVERs: at least one. */
  discovers_ns: LabTime[];
  offers: DhcpOffer[];
  requests_ns: LabTime[];
  ack: DhcpGrant | null;
  naks: { server: string; at_ns: LabTime }[];
  /** `open`: it was still waiting when the probe was ended. */
  end: 'acked' | 'failed' | 'open';
  /** When the client gave the address back; undefined where clients keep theirs. */
  released_ns?: LabTime;
}

/** The port address of a client that may get any address of a pool. */
export const ANY_ADDRESS = '0.0.0.0';

/** A pause of the machine up to this leaves most of that time. */
export const MOST_LATE_MS = 250;
/** Offers are counted for so long after their DISCOVER. */
export const COLLECT_MS = 500;

/** Whether the client had its address at the first try, of `LATE_MS`. */
export function isServed({ discovers_ns, ack }: DhcpExchange): boolean {
  return ack !== null && ack.at_ns - discovers_ns[0]! <= LATE_MS * NS_PER_MS;
}

/** The exchanges as requests of a probe on a schedule: sent with the first DISCOVER, answered with the ACK. */
export function asRequests(exchanges: readonly DhcpExchange[]): RequestRecord[] {
  return exchanges.map(({ seq, discovers_ns, ack }) => ({
    seq,
    sent_ns: discovers_ns[0]!,
    echoed_ns: null,
    received_ns: ack ? ack.at_ns : null,
  }));
}

/**
 * The times in which no new client got an address at its first try. One that gets it ends such a time: clients are
 * not the packets of one flow.
 * @param requests of `asRequests`, in order.
 * @param min_lost so many clients in a row make such a time; single ones are none where more come than can be served.
 * @param late_ms until then after its first DISCOVER a client must have its address.
 * @throws InputError when they are out of order.
 */
export function dhcpGaps(
  requests: readonly RequestRecord[],
  interval_ms: number,
  min_lost: number,
  late_ms = LATE_MS,
): RequestOutages {
  return requestOutages(requests, { interval_ms, late_ms, resume_count: 1, min_lost });
}

/** One DISCOVER with the offers that came for it, before the next one of the same client. */
interface Discover {
  sent_ns: LabTime;
  offers: DhcpOffer[];
}

/** The DISCOVERs sent in [from_ns, to_ns) whose time for offers was over by then. */
function discoversWithin(
  exchanges: readonly DhcpExchange[],
  from_ns: LabTime,
  to_ns: LabTime,
  collect_ms: number,
): Discover[] {
  const until_ns = to_ns - collect_ms * NS_PER_MS;
  return exchanges.flatMap(({ discovers_ns, offers }) =>
    discovers_ns.flatMap((sent_ns, at) => {
      if (sent_ns < from_ns || sent_ns > until_ns) return [];
      const next_ns = discovers_ns[at + 1] ?? Infinity;
      return [{ sent_ns, offers: offers.filter(({ at_ns }) => at_ns >= sent_ns && at_ns < next_ns) }];
    }),
  );
}

/** What servers offered in a stretch of time. */
export interface OfferFindings {
  /** DISCOVERs that were counted. */
  discovers: number;
  /** Mean number of servers that offered, over the DISCOVERs; undefined when there was none. */
  per_discover: number | undefined;
  servers: Set<string>;
  /** Share of the DISCOVERs with several offers whose offers all name one address; undefined without any. */
  equal_ratio: number | undefined;
}

/**
 * Of the DISCOVERs sent in [from_ns, to_ns), but for those whose time for offers had not ended by then.
 * @param collect_ms how long after a DISCOVER offers for it count.
 */
export function offersWithin(
  exchanges: readonly DhcpExchange[],
  from_ns: LabTime,
  to_ns: LabTime,
  collect_ms = COLLECT_MS,
): OfferFindings {
  const discovers = discoversWithin(exchanges, from_ns, to_ns, collect_ms);
  const counts = discovers.map(({ offers }) => new Set(offers.map(({ server }) => server)).size);
  const several = discovers.filter((_, at) => counts[at]! > 1);
  const equal = several.filter(({ offers }) => new Set(offers.map(({ address }) => address)).size === 1);
  return {
    discovers: discovers.length,
    per_discover: ratio(
      counts.reduce((sum, count) => sum + count, 0),
      counts.length,
    ),
    servers: new Set(discovers.flatMap(({ offers }) => offers.map(({ server }) => server))),
    equal_ratio: ratio(equal.length, several.length),
  };
}

/** Share of the ACKs to clients with a port address that give it to them; undefined without any. */
export function sameAddressRatio(exchanges: readonly DhcpExchange[]): number | undefined {
  const acked = exchanges.filter(({ ack, port_address }) => ack !== null && port_address !== ANY_ADDRESS);
  const same = acked.filter(({ ack, port_address }) => ack?.address === port_address);
  return ratio(same.length, acked.length);
}

/**
 * How long clients waited for an address, whatever they had to repeat, in ms: of those that were waiting at
 * `from_ns` or came later, and got one. undefined when there was none.
 */
export function waitsFrom(
  exchanges: readonly DhcpExchange[],
  from_ns: LabTime,
): { longest_ms: number; median_ms: number } | undefined {
  const waits = exchanges.flatMap(({ discovers_ns, ack }) =>
    ack && ack.at_ns >= from_ns ? [msFromNs(ack.at_ns - discovers_ns[0]!)] : [],
  );
  if (waits.length === 0) return undefined;
  return {
    longest_ms: waits.reduce((longest, wait) => Math.max(longest, wait), 0),
    median_ms: median(waits),
  };
}

/**
 * The exchanges without an end whose last message was sent after `from_ns` and had its time to be answered by
 * `to_ns`. One that only waits for its next try says nothing of the service.
 */
export function unansweredAtEnd(
  exchanges: readonly DhcpExchange[],
  from_ns: LabTime,
  to_ns: LabTime,
  late_ms = LATE_MS,
): DhcpExchange[] {
  return exchanges.filter(({ end, discovers_ns, requests_ns }) => {
    const last_ns = Math.max(discovers_ns.at(-1)!, requests_ns.at(-1) ?? 0);
    return end === 'open' && last_ns >= from_ns && last_ns <= to_ns - late_ms * NS_PER_MS;
  });
}

/** DISCOVERs that were not a client's first. */
export function retriesOf(exchanges: readonly DhcpExchange[]): number {
  return exchanges.reduce((sum, { discovers_ns }) => sum + discovers_ns.length - 1, 0);
}

function ratio(part: number, whole: number): number | undefined {
  return whole > 0 ? part / whole : undefined;
}
