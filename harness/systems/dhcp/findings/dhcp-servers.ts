import type { Moment } from '../../../evidence/moment.ts';
import { type Records, recordOf } from '../../../evidence/records.ts';
import { type LabTime, msFromNs } from '../../../ground/time.ts';
import type { DhcpFacts, DhcpPlace, LeaseTableFacts, NetworkMove } from '../../../journal/dhcp-facts.ts';
import type { Bound } from '../../../journal/journal.ts';
import type { LeaseTableRecord } from '../../../journal/system-records.ts';
import type { TrialWindows } from '../../../journal/trial-facts.ts';
import type { DhcpGrants } from '../../../observe/dhcp-grants.ts';
import { reschedulingBound } from '../../neutron-scheduling/rescheduling-bound.ts';
import { parseDnsmasqLeases } from './dnsmasq-leases.ts';
import { leaseKnowledge } from './lease-knowledge.ts';

/** What a trial shows of its DHCP servers. */
export interface DhcpFindings {
  metrics: Record<string, number>;
  bounds: Record<string, Bound>;
  tables: LeaseTableRecord[];
  moments: Moment[];
}

const ABSENT: LabTime = Number.NaN;

/**
 * Holds the servers' lease tables against what they granted on the wire, and looks what became of the networks of
 * dead agents.
 * @throws InputError when a lease table that was read is not there.
 */
export function dhcpFindings(
  facts: DhcpFacts,
  grants: DhcpGrants,
  files: Records,
  { fault_ns }: TrialWindows,
  epoch_ns: bigint,
): DhcpFindings {
  const tables = facts.tables.map((table) => tableRecord(table, facts, grants, files, epoch_ns));
  return {
    metrics: { ...knowledgeMetrics(tables), ...moveMetrics(facts, grants, fault_ns) },
    bounds: moveBounds(facts),
    tables,
    moments: facts.rescheduling.moves.map(moveMoment),
  };
}

function tableRecord(
  { when, at_ns, node, file, bound }: LeaseTableFacts,
  { places }: DhcpFacts,
  { grants }: DhcpGrants,
  files: Records,
  epoch_ns: bigint,
): LeaseTableRecord {
  const { host, network, server } = placeOf(places, node);
  const record = { when, node, host, network, bound };
  if (file === undefined) return record;
  const table = parseDnsmasqLeases(new TextDecoder().decode(recordOf(files, file)));
  const servers = new Set(places.filter((place) => place.network === network).map((place) => place.server));
  // Segments come one after the other.
  const granted = grants.filter((grant) => servers.has(grant.server)).toSorted((a, b) => a.at_ns - b.at_ns);
  return {
    ...record,
    leases: { lines: table.length, ...leaseKnowledge(table, server, granted, at_ns, epoch_ns) },
  };
}

function placeOf(places: readonly DhcpPlace[], node: string): DhcpPlace {
  return (
    places.find((place) => place.node === node) ?? { node, host: node, network: '', server: '', bound: false }
  );
}

/** Before the fault: then every server runs, and no client was forced to ask another. */
function knowledgeMetrics(tables: readonly LeaseTableRecord[]): Record<string, number> {
  const before = tables.flatMap(({ when, bound, leases }) =>
    when === 'before' && bound && leases ? [leases] : [],
  );
  const sum = (key: keyof (typeof before)[number]) =>
    before.reduce((total, leases) => total + leases[key], 0);
  const [own, others] = [sum('own'), sum('others')];
  return {
    ...(own > 0 ? { 'dhcp.own_leases_written_ratio': sum('own_written') / own } : {}),
    ...(others > 0
      ? {
          'dhcp.others_leases_written_ratio': sum('others_written') / others,
          'dhcp.others_leases_initial_ratio': sum('others_initial') / others,
        }
      : {}),
  };
}

function moveMetrics(
  { rescheduling, places }: DhcpFacts,
  grants: DhcpGrants,
  fault_ns: LabTime,
): Record<string, number> {
  const { moves } = rescheduling;
  const moved = moves.filter((move) => move.to_host !== null);
  if (!rescheduling.enabled) return {};
  const metrics = { 'dhcp.rescheduled': moved.length, 'dhcp.nowhere_to_go': moves.length - moved.length };
  if (moved.length === 0) return metrics;
  const offers = moved.map((move) => firstOffer(move, places, grants));
  const last_offer = Math.max(...offers);
  return {
    ...metrics,
    'dhcp.reschedule_ms': msFromNs(Math.max(...moved.map(({ at_ns }) => at_ns)) - fault_ns),
    ...(Number.isNaN(last_offer) ? {} : { 'dhcp.reschedule_offer_ms': msFromNs(last_offer - fault_ns) }),
  };
}

function firstOffer(
  { at_ns, network, to_host }: NetworkMove,
  places: readonly DhcpPlace[],
  grants: DhcpGrants,
): LabTime {
  const place = places.find((one) => one.network === network && one.host === to_host);
  return (place && grants.firstOffer(place.server, at_ns)) ?? ABSENT;
}

function moveBounds({ rescheduling }: DhcpFacts): Record<string, Bound> {
  const { enabled, agent_down_ms, report_interval_ms } = rescheduling;
  if (!enabled) return {};
  return { 'dhcp.reschedule_ms': reschedulingBound({ agent_down_ms, report_interval_ms }) };
}

function moveMoment({ at_ns, network, from_host, to_host }: NetworkMove): Moment {
  const what = `network '${network}' of ${from_host}`;
  const detail = to_host === null ? `${what} has nowhere to go` : `${what} is given to ${to_host}`;
  return { at_ns, event: 'rescheduled', detail };
}
