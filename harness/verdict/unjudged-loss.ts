import type { DegradedRecord, Trial } from '../journal/journal.ts';
import { parseMetricName } from '../journal/metric-name.ts';

const OUTAGE = 'outage_ms';
/** A smaller share is a few lost packets, and harms no expectation. */
const LEAST_SHARE = 0.01;
/** The same where the loss adds up to less time than this (share x length, as RFC 6412 derives a time from loss), in ms. */
const LEAST_LOST_MS = 50;

/** A time with partial loss beside an outage that is judged, where the drill expects nothing of partial loss. */
export interface UnjudgedLoss {
  /** How long clients were without service at least: share x length, in ms. */
  low_ms: number;
  /** The most: its whole length, without its error, in ms. */
  high_ms: number;
  /** "50 % were lost for 3.00 s". */
  words: string;
  /** The metric by which the drill may say what may be lost: `udp.degraded_ms`. */
  to_expect: string;
}

/**
 * What an expectation of a probe's outage does not see: an outage is a time in which nothing passes, and clients that lose
 * half of their packets for longer than that have no service either. undefined where there was no such loss, or the drill
 * says itself what may be lost (`degraded_ms`, `degraded_ratio`; of new or established flows `new_loss_ratio`).
 * @param expected every metric that the drill expects something of.
 */
export function unjudgedLoss(
  metric: string,
  trial: Trial,
  expected: ReadonlySet<string>,
): UnjudgedLoss | undefined {
  const { subject: probe, measure, fault = 1 } = parseMetricName(metric);
  if (!measure.endsWith(OUTAGE)) return undefined;
  const kind = measure.slice(0, -OUTAGE.length);
  const expectable = kind ? [`${kind}loss_ratio`] : ['degraded_ms', 'degraded_ratio'];
  if (expectable.some((one) => expected.has(`${probe}.${one}`))) return undefined;
  const from_ms = appliedMs(trial, fault);
  const worst = (trial.degraded ?? [])
    .filter((one) => one.probe === probe && (one.measure ?? OUTAGE) === measure)
    .filter((one) => one.start_ms + one.degraded_ms > from_ms && counts(one))
    .toSorted((a, b) => lostMs(b) - lostMs(a))[0];
  if (!worst) return undefined;
  const { degraded_ms, degraded_error_ms, loss_ratio, open } = worst;
  const share = (100 * loss_ratio).toFixed(loss_ratio < 0.1 ? 1 : 0);
  return {
    low_ms: lostMs(worst),
    high_ms: degraded_ms - degraded_error_ms,
    to_expect: `${probe}.${expectable[0]}`,
    words: `${share} % were lost for ${open ? 'at least ' : ''}${(degraded_ms / 1000).toFixed(2)} s`,
  };
}

function counts(one: DegradedRecord): boolean {
  return one.loss_ratio >= LEAST_SHARE && lostMs(one) >= LEAST_LOST_MS;
}

function lostMs({ loss_ratio, degraded_ms }: DegradedRecord): number {
  return loss_ratio * degraded_ms;
}

/** When a fault was applied, after the first one, in ms. */
function appliedMs(trial: Trial, number: number): number {
  if (number === 1) return -Infinity;
  const { faults } = trial;
  const [first, own] = [faults[0], faults[number - 1]];
  return !first || !own ? -Infinity : Date.parse(own.applied_at) - Date.parse(first.applied_at);
}
