import { InputError, UnknownError } from '../ground/errors.ts';
import { type LabTime, msFromNs, NS_PER_MS } from '../ground/time.ts';
import { type Requests, type RequestTable, tableOf } from './request-table.ts';

/** The spacing of OPNFV Yardstick's fastest published monitor. */
export const YARDSTICK_SPACING_MS = 2400;
/** OPNFV Yardstick's target for a service outage. */
export const YARDSTICK_TARGET_MS = 5000;
/** TL 9000 counts an outage from here on. */
export const TL9000_OUTAGE_MS = 15_000;

const LATE_MS = 100;

/** The time looked at, in LabTime: [from_ns, to_ns). Default: from the first to the last request. */
export interface YardstickWindow {
  from_ns?: LabTime;
  to_ns?: LabTime;
  /** A later answer counts as none, and a failed check ends so long after it began; default: 100. */
  late_ms?: number;
}

export interface YardstickOutage {
  /** 0 when no check failed. */
  outage_ms: number;
  checks: number;
  failed: number;
}

/**
 * What OPNFV Yardstick would have reported: one check every `spacing_ms`, the first at the start of the window,
 * and the outage is the end of the last failed check − the start of the first failed one. Everything between
 * counts, service in between too; what falls between two checks is not seen. A check is the first
 * request at or after its moment, and fails when that was not answered in time. The schedule is fixed, so the
 * result depends on where in it the fault falls, as with Yardstick itself.
 * @param records In order of `sent_ns`.
 * @throws UnknownError when no request was sent in the window; InputError when `spacing_ms` or `late_ms` is
 *   not more than 0.
 */
export function yardstickOutage(
  records: Requests,
  options: YardstickWindow & { spacing_ms?: number } = {},
): YardstickOutage {
  const { spacing_ms = YARDSTICK_SPACING_MS, late_ms = LATE_MS } = options;
  const table = tableOf(records);
  const checks = sampled(table, options, spacing_ms);
  const failed = unanswered(table, checks, late_ms);
  const [first, last] = [failed[0], failed.at(-1)];
  const sent_ns = table.sent_ns;
  const outage_ms =
    first !== undefined && last !== undefined ? msFromNs(sent_ns[last]! - sent_ns[first]!) + late_ms : 0;
  return { outage_ms, checks: checks.length, failed: failed.length };
}

export interface LostPings {
  sent: number;
  lost: number;
  /** Fewer than `allowed` lost. */
  passes: boolean;
}

/**
 * What OpenStack Neutron's fullstack tests would have said: a ping every 0.1 s, fewer than 90 lost (9 s).
 * @param records In order of `sent_ns`; a ping is the first request at or after its moment.
 * @throws UnknownError when no request was sent in the window; InputError when an option is not more than 0.
 */
export function lostPings(
  records: Requests,
  options: YardstickWindow & { spacing_ms?: number; allowed?: number } = {},
): LostPings {
  const { spacing_ms = 100, allowed = 90, late_ms = LATE_MS } = options;
  const table = tableOf(records);
  const pings = sampled(table, options, spacing_ms);
  const lost = unanswered(table, pings, late_ms).length;
  return { sent: pings.length, lost, passes: lost < allowed };
}

/** Those of the requests at these positions that were not answered in time. */
function unanswered(table: RequestTable, positions: readonly number[], late_ms: number): number[] {
  if (!(Number.isFinite(late_ms) && late_ms > 0)) {
    throw new InputError(`late_ms must be more than 0, not ${late_ms}`);
  }
  return positions.filter((at) => !table.answeredWithin(at, late_ms * NS_PER_MS));
}

/**
 * Positions of the first record at or after each moment of the schedule, within the window; each record once, a moment
 * without one is skipped.
 */
function sampled({ sent_ns }: RequestTable, window: YardstickWindow, spacing_ms: number): number[] {
  const { from_ns = Number.NEGATIVE_INFINITY, to_ns = Number.POSITIVE_INFINITY } = window;
  const first = sent_ns.findIndex((at_ns) => at_ns >= from_ns && at_ns < to_ns);
  if (first < 0) throw new UnknownError(`the UDP probe sent nothing between ${from_ns} ns and ${to_ns} ns`);
  if (!(Number.isFinite(spacing_ms) && spacing_ms > 0)) {
    throw new InputError(`spacing_ms must be more than 0, not ${spacing_ms}`);
  }
  const start_ns = window.from_ns ?? sent_ns[first]!;
  const positions: number[] = [];
  let last_slot = Number.NEGATIVE_INFINITY;
  for (let at = first; at < sent_ns.length && sent_ns[at]! < to_ns; at += 1) {
    const slot = Math.floor((sent_ns[at]! - start_ns) / (spacing_ms * NS_PER_MS));
    if (slot > last_slot) positions.push(at);
    last_slot = slot;
  }
  return positions;
}

/** ETSI's service availability levels; 0 is none of them. */
export type ServiceAvailabilityLevel = 0 | 1 | 2 | 3;

export interface ReachedLevel {
  level: ServiceAvailabilityLevel;
  /** False when the detection was not measured, so that the recovery alone decided. */
  detection_judged: boolean;
}

const LEVELS: { level: 1 | 2 | 3; detect_ms: number; recover_ms: number }[] = [
  { level: 1, detect_ms: 1000, recover_ms: 6000 },
  { level: 2, detect_ms: 5000, recover_ms: 15_000 },
  { level: 3, detect_ms: 10_000, recover_ms: 25_000 },
];

/**
 * The best service availability level of ETSI NFV-REL that a failover reaches: 1 is detected in under 1 s and
 * recovered within 6 s, 2 under 5 s and within 15 s, 3 under 10 s and within 25 s. Both in ms from the fault.
 * @throws InputError when a time is below 0 or no number.
 */
export function salLevel(times: { detection_ms?: number | undefined; recovery_ms: number }): ReachedLevel {
  const { detection_ms, recovery_ms } = times;
  checkTime('recovery_ms', recovery_ms);
  if (detection_ms !== undefined) checkTime('detection_ms', detection_ms);
  const reached = LEVELS.find(
    (one) => recovery_ms <= one.recover_ms && (detection_ms === undefined || detection_ms < one.detect_ms),
  );
  return { level: reached?.level ?? 0, detection_judged: detection_ms !== undefined };
}

/** True when TL 9000 would count this as an outage: 15 s or more. */
export function tl9000Outage(outage_ms: number): boolean {
  checkTime('outage_ms', outage_ms);
  return outage_ms >= TL9000_OUTAGE_MS;
}

/** True when the outage is shorter than OPNFV Yardstick's target of 5 s. */
export function meetsYardstickTarget(outage_ms: number): boolean {
  checkTime('outage_ms', outage_ms);
  return outage_ms < YARDSTICK_TARGET_MS;
}

/** Infinity is a time here: service that never came back. */
function checkTime(name: string, ms: number): void {
  if (!(ms >= 0)) throw new InputError(`${name} must be 0 or more, not ${ms}`);
}
