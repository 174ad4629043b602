import type { LabTime } from '../ground/time.ts';
import type { Bound } from '../journal/journal.ts';
import { type MetricDeclaration, metric } from '../journal/metric.ts';
import type { ProbeBoundCause } from './probe.ts';

/** A time without service as every kind of client feels it. */
export function clientsCutOff(meaning: string): MetricDeclaration {
  return metric.outage(meaning, {
    error: 'outage_error_ms',
    sentence: 'Clients were cut off',
    per_fault: true,
    until_healing: true,
  });
}

/** How many times without service there were. */
export const OUTAGE_COUNTS = {
  outages: metric.count('times without service from the fault to the end of the trial'),
  outages_until_healing: metric.count('of these, those that had begun when healing began', {
    until_healing: true,
    reported: 'journal',
  }),
} as const;

/** @param outages those of a trial, from the fault on. */
export function outageCounts(
  outages: readonly { start_ns: LabTime }[],
  heal_ns: LabTime,
): Record<keyof typeof OUTAGE_COUNTS, number> {
  const before = outages.filter(({ start_ns }) => start_ns < heal_ns);
  return { outages: outages.length, outages_until_healing: before.length };
}

/** A time in which new clients got no lease. */
export function noLease(meaning: string): MetricDeclaration {
  return metric.outage(meaning, {
    error: 'gap_error_ms',
    sentence: 'No client could get a lease',
    until_healing: true,
  });
}

/** A probe is without service for as long as what keeps it from it. */
export function outageBound({ takeover, missing }: ProbeBoundCause): Record<string, Bound | string> {
  const known = takeover ?? missing;
  return known === undefined ? {} : { outage_ms: known };
}

/** Requests on new connections go to those that are left once a server is known to be gone; a kept one may stay with it. */
export function disturbanceBound(
  { disturbance }: ProbeBoundCause,
  new_connections: boolean,
): Record<string, Bound | string> {
  if (disturbance === undefined) return {};
  const kept = 'a kept connection may stay with the server that is gone';
  return { disturbed_ms: new_connections ? disturbance : kept };
}
