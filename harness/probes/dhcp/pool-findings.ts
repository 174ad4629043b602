import type { TrialWindows } from '../probe.ts';
import { addressRange, isInRanges } from './address-ranges.ts';
import type { DhcpRecords } from './dhcp-records.ts';
import { ANY_ADDRESS, type DhcpExchange, offersWithin } from './records/dhcp-exchanges.ts';
import { doubleLeases } from './records/double-leases.ts';

/** What a drill says of servers with pools of their own. */
export interface PoolOptions {
  ranges: readonly string[];
  servers?: readonly string[] | undefined;
  offers_within: number;
}

export interface PoolFindings {
  metrics: Record<string, number>;
  /** What is wrong: one sentence each. */
  open: string[];
}

const MOST_NAMED = 3;

/**
 * What is wrong with servers that grant addresses of pools: an address outside of the ranges, one that two clients
 * have, a refusal, a server that is not expected, and one that is missing before the fault or after healing.
 */
export function poolFindings(
  name: string,
  { ranges, servers, offers_within }: PoolOptions,
  { exchanges, requests }: DhcpRecords,
  windows: TrialWindows,
): PoolFindings {
  const allowed = ranges.flatMap((text) => addressRange(text) ?? []);
  const granted = [
    ...exchanges.flatMap(({ ack }) => (ack ? [{ address: ack.address, server: ack.server }] : [])),
    ...requests.flatMap(({ outcome, address, server }) =>
      outcome === 'ack' && address !== null ? [{ address, server: server ?? ANY_ADDRESS }] : [],
    ),
  ];
  const outside = unique(
    granted
      .filter(({ address }) => !isInRanges(address, allowed))
      .map(({ address, server }) => `${address} (by ${server})`),
  );
  const shared = doubleLeases(exchanges, requests);
  const strangers = servers ? serversOf(exchanges).filter((server) => !servers.includes(server)) : [];
  const naks = exchanges.flatMap(foreignNaks);
  const renew_naks = requests.filter(({ op, outcome }) => op === 'renew' && outcome === 'nak');
  const { back, missing, absent } = presence(exchanges, servers, windows, offers_within);
  return {
    metrics: {
      outside_ranges: outside.length,
      shared_addresses: shared.length,
      strange_servers: strangers.length,
      ...(back === undefined ? {} : { servers_back: back }),
    },
    open: [
      ...sentence(outside, (list) => `${name}: clients got ${list}, outside of the ranges`),
      ...sentence(
        shared.map((one) => `${one.address} (by ${one.servers.join(' and ')})`),
        (list) => `${name}: two clients had the same address at once: ${list}`,
      ),
      ...sentence(strangers, (list) => `${name}: ${list} offered addresses and is not among its servers`),
      ...sentence(
        unique(naks),
        (list) =>
          `${name}: ${naks.length} requests for the offer of one server were refused by another, ${list}`,
      ),
      ...sentence(
        unique(renew_naks.map(({ server }) => server ?? ANY_ADDRESS)),
        (list) => `${name}: ${renew_naks.length} RENEWs were refused, by ${list}`,
      ),
      ...sentence(absent, (list) => `${name}: ${list} offered no address before the fault`),
      ...sentence(
        missing,
        (list) =>
          `${name}: ${list} offered addresses before the fault, and none from the healing to the end of the trial`,
      ),
    ],
  };
}

/**
 * Servers that refused what another one had offered. One that refuses what it offered itself has given the address to
 * somebody else meanwhile, which it may (RFC 2131 section 3.1): the client begins anew.
 */
function foreignNaks({ offers, naks, requests_ns }: DhcpExchange): string[] {
  return naks.flatMap(({ server, at_ns }) => {
    const asked_ns = requests_ns.findLast((one) => one <= at_ns) ?? at_ns;
    const offered = offers.filter((offer) => offer.at_ns <= asked_ns).map((offer) => offer.server);
    return offered.includes(server) ? [] : [server];
  });
}

/** Which of the servers offered before the fault, and which do so again at the end. */
function presence(
  exchanges: readonly DhcpExchange[],
  expected: readonly string[] | undefined,
  { fault_ns, healed_ns, end_ns }: TrialWindows,
  collect_ms: number,
): { back: number | undefined; missing: string[]; absent: string[] } {
  const before = offersWithin(exchanges, -Infinity, fault_ns, collect_ms);
  const absent = before.discovers > 0 ? (expected ?? []).filter((one) => !before.servers.has(one)) : [];
  // What was asked in the time between says nothing of a server that still starts: any later answer will do.
  const after = offersWithin(exchanges, healed_ns, end_ns, collect_ms);
  if (after.discovers === 0) return { back: undefined, missing: [], absent };
  const missing = [...before.servers].filter((server) => !after.servers.has(server));
  return { back: before.servers.size - missing.length, missing, absent };
}

function serversOf(exchanges: readonly DhcpExchange[]): string[] {
  return unique(exchanges.flatMap(({ offers }) => offers.map(({ server }) => server)));
}

function sentence(things: readonly string[], words: (list: string) => string): string[] {
  if (things.length === 0) return [];
  const named = things.slice(0, MOST_NAMED).join(', ');
  return [words(things.length > MOST_NAMED ? `${named} and ${things.length - MOST_NAMED} more` : named)];
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)];
}
