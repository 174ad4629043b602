import { median } from 'simple-statistics';
import { type LabTime, msFromNs, NS_PER_MS } from '../../../ground/time.ts';

export const LEASE_GROUPS = ['renew', 'rebind', 'reboot'] as const;
/** What a client does when nobody answers its RENEW: ask again, ask all servers, or begin with INIT-REBOOT. */
export type LeaseGroup = (typeof LEASE_GROUPS)[number];

export const LEASE_REQUESTS = ['acquire', ...LEASE_GROUPS, 'renewed-by-discover'] as const;

/** A request of a held lease, and what became of it. */
export interface LeaseRequest {
  lease: number;
  group: LeaseGroup;
  /** `acquire` and `renewed-by-discover` stand for a whole exchange, from its first DISCOVER. */
  op: (typeof LEASE_REQUESTS)[number];
  sent_ns: LabTime;
  /** The server of the lease; null while there was none. */
  granted_by: string | null;
  outcome: 'ack' | 'nak' | 'none';
  /** Of the answer. */
  server: string | null;
  address: string | null;
  at_ns: LabTime | null;
}

/** So long at least the probe waits for the answer to a request of a held lease. */
export const ANSWER_MS = 1000;

export interface LeaseFindings {
  renews: number;
  renew_naks: number;
  /** Leases whose RENEW was not answered after the fault. */
  orphans: number;
  /** Of each group: what became of their requests. */
  groups: Record<LeaseGroup, OrphanFindings>;
}

export interface OrphanFindings {
  /** Share of the requests that were acknowledged; undefined when none was made. */
  acked_ratio: number | undefined;
  /** Median over the orphans of how long the first acknowledgement took, in ms; undefined without any. */
  acked_ms: number | undefined;
}

/**
 * What became of the leases whose server went with the fault, until healing began. A lease is an orphan from a RENEW
 * that was due an answer after the fault and got none; that RENEW is not counted, the requests of its group that follow
 * are, up to the first that was acknowledged. One that was decided only after healing began counts as not made.
 * @param requests in any order.
 * @param answer_ms how long the probe waited for an answer.
 */
export function leaseFindings(
  requests: readonly LeaseRequest[],
  fault_ns: LabTime,
  heal_ns: LabTime,
  answer_ms = ANSWER_MS,
): LeaseFindings {
  const renews = requests.filter(({ op }) => op === 'renew');
  const ordered = requests.toSorted((a, b) => a.sent_ns - b.sent_ns);
  const leases = [...new Set(requests.map(({ lease }) => lease))];
  const orphans = leases.flatMap((lease) => {
    const own = ordered.filter((request) => request.lease === lease);
    return orphanOf(own, fault_ns, heal_ns, answer_ms) ?? [];
  });
  return {
    renews: renews.length,
    renew_naks: renews.filter(({ outcome }) => outcome === 'nak').length,
    orphans: orphans.length,
    groups: {
      renew: groupFindings(orphans, 'renew'),
      rebind: groupFindings(orphans, 'rebind'),
      reboot: groupFindings(orphans, 'reboot'),
    },
  };
}

interface Orphan {
  group: LeaseGroup;
  /** Of its group, since it is one. */
  requests: LeaseRequest[];
}

function orphanOf(
  requests: readonly LeaseRequest[],
  fault_ns: LabTime,
  heal_ns: LabTime,
  answer_ms: number,
): Orphan | undefined {
  const orphaned = requests.findIndex(
    (request) =>
      request.op === 'renew' &&
      request.outcome === 'none' &&
      decidedBy(request, answer_ms) > fault_ns &&
      request.sent_ns < heal_ns,
  );
  const first = requests[orphaned];
  if (!first) return undefined;
  const later = requests.slice(orphaned + 1);
  // It has a server again: what follows is not an orphan's request.
  const saved = later.findIndex(({ outcome }) => outcome === 'ack');
  const own = (saved < 0 ? later : later.slice(0, saved + 1)).filter(
    (request) => request.op === first.group && decidedBy(request, answer_ms) <= heal_ns,
  );
  return { group: first.group, requests: own };
}

function decidedBy({ at_ns, sent_ns }: LeaseRequest, answer_ms: number): LabTime {
  return at_ns ?? sent_ns + answer_ms * NS_PER_MS;
}

function groupFindings(orphans: readonly Orphan[], group: LeaseGroup): OrphanFindings {
  const requests = orphans.filter((orphan) => orphan.group === group).flatMap((orphan) => orphan.requests);
  const acked = requests.filter(({ outcome }) => outcome === 'ack');
  return {
    acked_ratio: requests.length > 0 ? acked.length / requests.length : undefined,
    acked_ms: acked.length > 0 ? median(acked.map((one) => msFromNs(one.at_ns! - one.sent_ns))) : undefined,
  };
}
