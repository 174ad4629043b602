import type { Outage } from './outage.ts';

/**
 * Whether an outage is as long by loss as by timestamps (RFC 6412 §4: loss-derived and rate-derived
 * convergence times must agree). Loss counts whole requests, so it is off by up to one interval; by
 * timestamps it is off by up to its stated error.
 * @returns what is wrong, with both values; undefined when they agree, when the outage is open and neither is its
 *   length, or when requests that were answered in it explain the difference (`partlyServed`).
 * @param places of the schedule by which the count of lost requests may be off, default: 1.
 */
export function methodsDisagree(outage: Outage, interval_ms: number, places = 1): string | undefined {
  const difference = differenceOf(outage, interval_ms * places);
  if (!difference || isExplained(outage, difference, interval_ms)) return undefined;
  const { outage_ms, loss_derived_ms } = outage;
  const { apart_ms, allowed_ms } = difference;
  const [by_time, by_loss, apart, allowed] = [outage_ms, loss_derived_ms, Math.abs(apart_ms), allowed_ms].map(
    (ms) => ms.toFixed(1),
  );
  return (
    `the outage is ${by_time} ms by timestamps and ${by_loss} ms by loss: ` +
    `${apart} ms apart, at most ${allowed} ms can be error`
  );
}

/** An outage in which some requests were answered in time. */
export interface PartlyServed {
  /** How long clients were without service at least: by loss, less its error; in ms. */
  least_ms: number;
  /** "in the outage of 9.98 s 21 % were answered: by loss it is 7.88 s". */
  words: string;
}

/**
 * What an outage is at least, where it is longer by timestamps than by loss because requests in it were answered, never so
 * many one after the other that it was over.
 * @returns undefined when both methods agree, or disagree for another reason.
 */
export function partlyServed(outage: Outage, interval_ms: number, places = 1): PartlyServed | undefined {
  const difference = differenceOf(outage, interval_ms * places);
  if (!difference || !isExplained(outage, difference, interval_ms)) return undefined;
  const { outage_ms, loss_derived_ms, lost, answered = 0 } = outage;
  const share = ((100 * answered) / (lost + answered)).toFixed(0);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  return {
    least_ms: Math.max(0, loss_derived_ms - interval_ms * places),
    words: `in the outage of ${seconds(outage_ms)} ${share} % were answered: by loss it is ${seconds(loss_derived_ms)}`,
  };
}

interface Difference {
  /** Positive: longer by timestamps. */
  apart_ms: number;
  allowed_ms: number;
}

/** undefined where both methods agree. */
function differenceOf(outage: Outage, count_error_ms: number): Difference | undefined {
  if (outage.open) return undefined;
  const apart_ms = outage.outage_ms - outage.loss_derived_ms;
  const allowed_ms = outage.outage_error_ms + count_error_ms;
  return Math.abs(apart_ms) <= allowed_ms ? undefined : { apart_ms, allowed_ms };
}

function isExplained({ answered = 0 }: Outage, { apart_ms, allowed_ms }: Difference, interval_ms: number) {
  return answered > 0 && Math.abs(apart_ms - answered * interval_ms) <= allowed_ms;
}
