import { quantileSorted } from 'simple-statistics';
import { type LabTime, msFromNs, NS_PER_MS } from '../../../ground/time.ts';
import type { RequestRecord } from '../../../outage/request-outages.ts';
import type { HttpRecord } from './http-records.ts';

/** How the requests of a whole trial fared. */
export interface HttpService {
  requests: number;
  /** Without the right answer, ever; those not counted that the end of the trial cut off. */
  failed: number;
  /** Right, but later than what counts as service. */
  late: number;
  /** A 200 with something else than what was asked for. */
  wrong_content: number;
  wrong_instance: number;
  /** Answered with another status than 200. */
  bad_status: number;
  unfinished: number;
  /** Different backends that answered correctly, and nodes that passed such answers on. */
  backends: number;
  nodes: number;
  /** Of the requests that were under way at the fault: how many, and what became of them. */
  in_flight: number;
  in_flight_failed: number;
  in_flight_late: number;
  /** Right answers before the fault, from sending to the last byte; undefined without any. */
  latency_median_ms?: number;
  latency_p99_ms?: number;
}

/**
 * @param late_ms an answer later than this is not service.
 * @param fault_ns what was sent before and had no outcome then was under way.
 */
export function httpService(records: readonly HttpRecord[], late_ms: number, fault_ns: LabTime): HttpService {
  const finished = records.filter(({ outcome }) => outcome !== 'unfinished');
  const right = finished.filter(({ outcome }) => outcome === 'ok');
  const flying = records.filter(
    ({ sent_ns, done_ns }) => sent_ns < fault_ns && (done_ns === null || done_ns >= fault_ns),
  );
  const count = (outcome: HttpRecord['outcome']) => records.filter((one) => one.outcome === outcome).length;
  const is_late = (one: HttpRecord) => one.outcome === 'ok' && latencyMs(one) > late_ms;
  return {
    requests: records.length,
    failed: finished.length - right.length,
    late: right.filter(is_late).length,
    wrong_content: count('wrong-content'),
    wrong_instance: count('wrong-instance'),
    bad_status: count('status'),
    unfinished: records.length - finished.length,
    backends: distinct(right.map(({ backend }) => backend)),
    nodes: distinct(right.map(({ node }) => node)),
    in_flight: flying.length,
    in_flight_failed: flying.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'unfinished').length,
    in_flight_late: flying.filter(is_late).length,
    ...latencies(right.filter(({ done_ns }) => done_ns !== null && done_ns < fault_ns)),
  };
}

/**
 * From the fault to the sending of the last request, until healing began, that failed or was answered later than what
 * counts as service, in ms; 0 without one. One that still waits at the end of the trial is late once it has waited for so
 * long.
 */
export function disturbedMs(
  records: readonly HttpRecord[],
  late_ms: number,
  { fault_ns, heal_ns, end_ns }: { fault_ns: LabTime; heal_ns: LabTime; end_ns: LabTime },
): number {
  const disturbed = records.filter((one) => {
    if (one.sent_ns < fault_ns || one.sent_ns >= heal_ns) return false;
    if (one.outcome === 'ok') return latencyMs(one) > late_ms;
    return one.outcome !== 'unfinished' || msFromNs(end_ns - one.sent_ns) > late_ms;
  });
  return disturbed.reduce((last_ms, { sent_ns }) => Math.max(last_ms, msFromNs(sent_ns - fault_ns)), 0);
}

/** The same requests as the rules for outages take them: only the right answer is one. */
export function asAnswered(records: readonly HttpRecord[]): RequestRecord[] {
  return records.map(({ seq, sent_ns, outcome, done_ns }) => ({
    seq,
    sent_ns,
    echoed_ns: null,
    received_ns: outcome === 'ok' ? done_ns : null,
  }));
}

/** How many answers had this status. */
export function withStatus(records: readonly HttpRecord[], status: number): number {
  return records.filter((one) => one.status === status).length;
}

/** How many connections came about beyond the first few, in place of one that was lost or busy. */
export function reconnects(records: readonly HttpRecord[], connections: number): number {
  const opened = records.filter(({ reused, connected_ns }) => !reused && connected_ns !== null).length;
  return Math.max(0, opened - connections);
}

function latencyMs({ sent_ns, done_ns }: HttpRecord): number {
  return msFromNs((done_ns ?? Number.POSITIVE_INFINITY) - sent_ns);
}

function latencies(
  records: readonly HttpRecord[],
): Pick<HttpService, 'latency_median_ms' | 'latency_p99_ms'> {
  if (records.length === 0) return {};
  const sorted = records
    .map(({ sent_ns, done_ns }) => (done_ns! - sent_ns) / NS_PER_MS)
    .sort((a, b) => a - b);
  return { latency_median_ms: quantileSorted(sorted, 0.5), latency_p99_ms: quantileSorted(sorted, 0.99) };
}

function distinct(names: readonly string[]): number {
  return new Set(names.filter(Boolean)).size;
}
