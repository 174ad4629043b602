import type { Records } from '../../evidence/records.ts';
import { defined } from '../../ground/defined.ts';
import { type LabTime, NS_PER_MS } from '../../ground/time.ts';
import {
  outagesWithin,
  primaryOutage,
  type RequestRecord,
  splitAtHealing,
} from '../../outage/request-outages.ts';
import { keptFromSchedule, sendJitterMs } from '../../outage/send-gaps.ts';
import { LATE_MS } from '../../systems/dhcp/findings/dhcp-bounds.ts';
import { byBothMethods } from '../both-methods.ts';
import { type ProbeFindings, type TrialWindows, WATCHED_BEFORE_NS } from '../probe.ts';
import { type DhcpRecords, dhcpRecordsOf } from './dhcp-records.ts';
import { poolFindings } from './pool-findings.ts';
import {
  asRequests,
  COLLECT_MS,
  type DhcpExchange,
  dhcpGaps,
  offersWithin,
  retriesOf,
  sameAddressRatio,
  unansweredAtEnd,
  waitsFrom,
} from './records/dhcp-exchanges.ts';
import { ANSWER_MS, leaseFindings } from './records/dhcp-leases.ts';

/** What of its options a probe's records are read by. */
export interface DhcpAnalysisOptions {
  /** Exchanges per second. */
  rate: number;
  ranges?: readonly string[] | undefined;
  servers?: readonly string[] | undefined;
  served_within?: number;
  offers_within?: number;
}

/** Right after the fault answers of servers that are gone by now may still come. */
const AFTER_NS = 1000 * NS_PER_MS;

/**
 * What the records of a probe `dhcp` say.
 * @throws InputError when the record is missing or is none; UnknownError when nothing was sent between fault and healing.
 */
export function analyseDhcp(
  name: string,
  options: DhcpAnalysisOptions,
  files: Records,
  windows: TrialWindows,
): ProbeFindings {
  // Of runs before there were these options, none.
  const { rate, ranges, served_within = LATE_MS, offers_within = COLLECT_MS } = options;
  const records = dhcpRecordsOf(files, `${name}.jsonl`);
  const { exchanges } = records;
  const requests = asRequests(exchanges);
  const gaps = gapFindings(name, requests, rate, windows, 1, served_within);
  // A server that is healed has yet to start: who asked before anybody was served again may wait for its next try.
  const until_healed = gaps.outages.filter((outage) => outage.start_ns < windows.healed_ns);
  const back_ns = Math.max(windows.healed_ns, ...until_healed.map((outage) => outage.end_ns));
  const unanswered = unansweredAtEnd(exchanges, back_ns, windows.end_ns, served_within);
  const pool = ranges && poolFindings(name, { ...options, ranges, offers_within }, records, windows);
  return {
    metrics: defined({
      ...gaps.metrics,
      ...exchangeMetrics(exchanges, windows, offers_within),
      ...leaseMetrics(records, windows, Math.max(offers_within, ANSWER_MS)),
      ...pool?.metrics,
      send_jitter_ms: sendJitterMs(requests, 1000 / rate, 0.99),
    }),
    outages: gaps.outages,
    rejoin_outage_ms: gaps.rejoin_outage_ms,
    open: [
      ...gaps.open,
      ...(unanswered.length > 0
        ? [`${name}: ${unanswered.length} clients were left without an answer at the end of the trial`]
        : []),
      ...(pool?.open ?? []),
    ],
    doubts: [...gaps.doubts, ...droppedDoubt(name, records)],
    starved_ms: gaps.starved_ms,
    starved_until_healing_ms: gaps.starved_until_healing_ms,
  };
}

/** Of exchanges at a steady rate: when no new client got an address. */
export function gapFindings(
  name: string,
  requests: readonly RequestRecord[],
  rate: number,
  { fault_ns, heal_ns, end_ns }: TrialWindows,
  min_lost: number,
  late_ms = LATE_MS,
) {
  const interval_ms = 1000 / rate;
  const analysis = dhcpGaps(requests, interval_ms, min_lost, late_ms);
  const parts = splitAtHealing(analysis, heal_ns);
  const main = primaryOutage(parts.fault, fault_ns, heal_ns);
  const outages = outagesWithin(analysis.outages, fault_ns, end_ns);
  const reaching = outages.some(
    ({ start_ns, open }) =>
      start_ns < heal_ns && (open || !anyServed(requests, start_ns, heal_ns, late_ms * NS_PER_MS)),
  );
  return {
    metrics: {
      gap_ms: main.outage_ms,
      gap_error_ms: main.outage_error_ms,
      gap_open_at_heal: reaching ? 1 : 0,
    },
    outages,
    rejoin_outage_ms: primaryOutage(parts.rejoin, heal_ns, end_ns).outage_ms,
    open: outages.some(({ open }) => open)
      ? [`${name}: new clients still got no address at the end of the trial`]
      : [],
    doubts: byBothMethods(name, 'gap_ms', outages, interval_ms).doubts,
    ...keptFromSchedule(requests, interval_ms, {
      from_ns: fault_ns - WATCHED_BEFORE_NS,
      heal_ns,
      end_ns,
    }),
  };
}

/** Whether a client that asked in [from_ns, until_ns) had its address by then: one that got it later proves nothing. */
function anyServed(
  requests: readonly RequestRecord[],
  from_ns: LabTime,
  until_ns: LabTime,
  late_ns: number,
): boolean {
  return requests.some(
    ({ sent_ns, received_ns }) =>
      sent_ns >= from_ns &&
      received_ns !== null &&
      received_ns < until_ns &&
      received_ns - sent_ns <= late_ns,
  );
}

/** Frames that the kernel dropped could be just the answers that are missing. */
export function droppedDoubt(name: string, { dropped }: DhcpRecords): string[] {
  return dropped > 0 ? [`${name}: the kernel could not hand over ${dropped} frames`] : [];
}

function exchangeMetrics(
  exchanges: readonly DhcpExchange[],
  { fault_ns, heal_ns }: TrialWindows,
  collect_ms: number,
): Record<string, number | undefined> {
  const before = offersWithin(exchanges, -Infinity, fault_ns, collect_ms);
  const after = offersWithin(exchanges, fault_ns + AFTER_NS, heal_ns, collect_ms);
  const waits = waitsFrom(exchanges, fault_ns);
  const count = (end: DhcpExchange['end']) => exchanges.filter((exchange) => exchange.end === end).length;
  return {
    exchanges: exchanges.length,
    failed: count('failed'),
    unfinished: count('open'),
    offers_per_discover: before.per_discover,
    offers_per_discover_after: after.per_discover,
    servers: before.servers.size,
    servers_after: after.servers.size,
    servers_left: [...after.servers].filter((server) => before.servers.has(server)).length,
    equal_offers_ratio: offersWithin(exchanges, -Infinity, Infinity, collect_ms).equal_ratio,
    naks: exchanges.reduce((sum, { naks }) => sum + naks.length, 0),
    retries: retriesOf(exchanges),
    same_address_ratio: sameAddressRatio(exchanges),
    wait_ms: waits?.longest_ms,
    wait_median_ms: waits?.median_ms,
  };
}

function leaseMetrics(
  { requests }: DhcpRecords,
  { fault_ns, heal_ns }: { fault_ns: LabTime; heal_ns: LabTime },
  answer_ms: number,
): Record<string, number | undefined> {
  const { renews, renew_naks, orphans, groups } = leaseFindings(requests, fault_ns, heal_ns, answer_ms);
  return {
    renews,
    renew_naks,
    orphans,
    orphan_renew_ratio: groups.renew.acked_ratio,
    orphan_rebind_ratio: groups.rebind.acked_ratio,
    orphan_reboot_ratio: groups.reboot.acked_ratio,
    orphan_rebind_ms: groups.rebind.acked_ms,
    orphan_reboot_ms: groups.reboot.acked_ms,
  };
}
