import type { LabTime } from '../../../ground/time.ts';
import type { DhcpExchange } from './dhcp-exchanges.ts';
import type { LeaseRequest } from './dhcp-leases.ts';

/** A client that has an address, from the ACK until it gives it up. */
interface Holding {
  client: string;
  address: string;
  server: string;
  from_ns: LabTime;
  until_ns: LabTime;
}

/** An address that two clients had at once. */
export interface DoubleLease {
  address: string;
  /** Since when. */
  at_ns: LabTime;
  /** Servers that granted it, the earlier grant first. */
  servers: [string, string];
}

/**
 * Addresses that several clients of a probe had at the same time: one for each address, the first time that it
 * happened. A client that gave its address back has it no longer; one that still runs has it.
 * @param requests of held leases.
 */
export function doubleLeases(
  exchanges: readonly DhcpExchange[],
  requests: readonly LeaseRequest[],
): DoubleLease[] {
  const holdings = [...exchanges.flatMap(holdingOf), ...leaseHoldings(requests)];
  const shared = new Map<string, DoubleLease>();
  const last = new Map<string, Holding>();
  for (const holding of holdings.toSorted((a, b) => a.from_ns - b.from_ns)) {
    const { address, from_ns, server } = holding;
    const other = last.get(address);
    if (other && other.client !== holding.client && other.until_ns > from_ns && !shared.has(address))
      shared.set(address, { address, at_ns: from_ns, servers: [other.server, server] });
    if (!other || holding.until_ns >= other.until_ns || other.client === holding.client)
      last.set(address, holding);
  }
  return [...shared.values()];
}

function holdingOf({ seq, ack, released_ns }: DhcpExchange): Holding[] {
  if (!ack) return [];
  const { address, server, at_ns } = ack;
  return [{ client: `exchange ${seq}`, address, server, from_ns: at_ns, until_ns: released_ns ?? Infinity }];
}

/** A lease is lost when it is refused, and when its client begins anew; every ACK goes on with it. */
function leaseHoldings(requests: readonly LeaseRequest[]): Holding[] {
  return [...new Set(requests.map(({ lease }) => lease))].flatMap((lease) => {
    const holdings: Holding[] = [];
    const end = (at_ns: LabTime) => {
      const held = holdings.at(-1);
      if (held) held.until_ns = Math.min(held.until_ns, at_ns);
    };
    for (const request of requests.filter((one) => one.lease === lease)) {
      const { op, outcome, address, server, at_ns, sent_ns } = request;
      if (op === 'renewed-by-discover') end(sent_ns);
      if (at_ns === null) continue;
      if (outcome === 'nak') end(at_ns);
      if (outcome !== 'ack' || address === null) continue;
      end(at_ns);
      const client = `lease ${lease}`;
      holdings.push({ client, address, server: server ?? '?', from_ns: at_ns, until_ns: Infinity });
    }
    return holdings;
  });
}
