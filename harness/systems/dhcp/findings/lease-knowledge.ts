import { type LabTime, NS_PER_MS } from '../../../ground/time.ts';
import type { LeaseCounts } from '../../../journal/system-records.ts';
import type { DhcpGrant } from '../../../observe/dhcp-grants.ts';
import type { DnsmasqLease } from './dnsmasq-leases.ts';

/** What a server's lease table knows of the leases of its network that were granted before it was read. */
export type LeaseKnowledge = Omit<LeaseCounts, 'lines'>;

/** A file is written after the ACK has left; what is younger is not looked for. */
const SETTLING_NS = 300 * NS_PER_MS;
/** A file has whole seconds, and the server reads its clock once a message. */
const END_TOLERANCE_S = 2;

/**
 * Holds a lease table against the grants on the wire. The last grant of each client counts.
 * @param grants of the server's network, in order of time.
 * @param at_ns when the table was read.
 * @param epoch_ns the lab's epoch: lease files count from 1970.
 */
export function leaseKnowledge(
  table: readonly DnsmasqLease[],
  server: string,
  grants: readonly DhcpGrant[],
  at_ns: LabTime,
  epoch_ns: bigint,
): LeaseKnowledge {
  const lines = new Map(table.map((line) => [`${line.mac} ${line.address}`, line]));
  const last = new Map<string, DhcpGrant>();
  for (const grant of grants) if (grant.at_ns <= at_ns) last.set(grant.mac, grant);
  const known: LeaseKnowledge = {
    own: 0,
    own_written: 0,
    others: 0,
    others_written: 0,
    others_initial: 0,
    others_older: 0,
    others_unknown: 0,
  };
  for (const grant of last.values()) {
    if (grant.at_ns > at_ns - SETTLING_NS) continue;
    const how = lineOf(lines.get(`${grant.mac} ${grant.address}`), grant, epoch_ns);
    if (grant.server === server) {
      known.own += 1;
      if (how === 'written') known.own_written += 1;
    } else {
      known.others += 1;
      known[`others_${how}`] += 1;
    }
  }
  return known;
}

function lineOf(
  line: DnsmasqLease | undefined,
  { at_ns, lease_s }: DhcpGrant,
  epoch_ns: bigint,
): 'written' | 'initial' | 'older' | 'unknown' {
  if (!line) return 'unknown';
  if (line.expires_s === undefined) return lease_s === undefined ? 'written' : 'initial';
  if (lease_s === undefined) return 'older';
  const promised_s = Number((epoch_ns + BigInt(Math.round(at_ns))) / 1_000_000_000n) + lease_s;
  return Math.abs(line.expires_s - promised_s) <= END_TOLERANCE_S ? 'written' : 'older';
}
