import type { Outage } from './outage.ts';

/**
 * Whether an outage is as long by loss as by timestamps (RFC 6412 §4: loss-derived and rate-derived
 * convergence times must agree). Loss counts whole requests, so it is off by up to one interval; by
 * timestamps it is off by up to its stated error.
 * @returns what is wrong, with both values; undefined when they agree, or when the outage is open and
 *   neither is its length.
 */
export function methodsDisagree(outage: Outage, interval_ms: number): string | undefined {
  if (outage.open) return undefined;
  const { outage_ms, outage_error_ms, loss_derived_ms } = outage;
  const apart_ms = Math.abs(outage_ms - loss_derived_ms);
  const allowed_ms = outage_error_ms + interval_ms;
  if (apart_ms <= allowed_ms) return undefined;
  const [by_time, by_loss, apart, allowed] = [outage_ms, loss_derived_ms, apart_ms, allowed_ms].map((ms) =>
    ms.toFixed(1),
  );
  return (
    `the outage is ${by_time} ms by timestamps and ${by_loss} ms by loss: ` +
    `${apart} ms apart, at most ${allowed} ms can be error`
  );
}
