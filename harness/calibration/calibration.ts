import type { Environment } from '../journal/environment.ts';
import type { Verdict } from '../journal/journal.ts';

export const CALIBRATION_SCHEMA = 'hadrill.calibration/1';

/** What `hadrill calibrate` finds out. Every `error_ms` is what was measured less what was true. */
export interface Calibration {
  schema: typeof CALIBRATION_SCHEMA;
  seed: number;
  /** RFC 3339. */
  started_at: string;
  environment: Environment;
  /** In the order they were made, those that were repeated among them. */
  cuts: CutResult[];
  null_run: NullRun;
  summary: CalibrationSummary;
}

export interface CutResult {
  index: number;
  kind: 'frames' | 'carrier';
  direction: 'both' | 'from' | 'to';
  asked_ms: number;
  /** From the system call that cut to the one that healed. */
  true_ms: number;
  /** How far `true_ms` can be off, either way: the calls' own length. */
  true_error_ms: number;
  probe: ProbeReading;
  observer: Reading;
  accepted: boolean;
  /** Why it is not accepted. */
  reason?: string;
  /** What acceptance was decided by. */
  conditions: Conditions;
}

export interface Reading {
  outage_ms: number;
  outage_error_ms: number;
  error_ms: number;
}

export interface ProbeReading extends Reading {
  loss_derived_ms: number;
}

/** How the machine let the instrument run around both ends of a cut. */
export interface Conditions {
  true_error_ms: number;
  /** How much longer than its interval the probe's longest pause was. */
  send_gap_ms: number;
  /** The longest from a request to its answer on the wire. */
  turn_around_ms: number;
  /** Share of the processors that the hypervisor took. */
  steal_ratio: number;
  /** The latest that the fabric's watch was woken. */
  overslept_ms: number;
}

export interface NullRun {
  duration_ms: number;
  outages: number;
  sent: number;
  lost: number;
  sessions: number;
  resets: number;
  /** Sessions that were reset, closed, silent or out of order at the end. */
  dead: number;
  accepted: boolean;
  reason?: string;
}

export interface ErrorSummary {
  p50_abs_error_ms: number;
  p99_abs_error_ms: number;
  max_abs_error_ms: number;
  /** The median of the signed errors. */
  bias_ms: number;
}

export interface CalibrationSummary {
  asked: number;
  /** Made in all. */
  cuts: number;
  accepted: number;
  accepted_ratio: number;
  /** null when no cut was accepted. */
  probe: ErrorSummary | null;
  observer: ErrorSummary | null;
  null_outages: number;
  null_resets: number;
  verdict: Verdict;
  /** What does not pass, or is not known: one sentence each. */
  reasons: string[];
  limits: typeof LIMITS;
}

/** What a calibration must keep to pass. */
export const LIMITS = {
  probe_p99_abs_error_ms: 2,
  observer_p99_abs_error_ms: 1,
  /** Or as many as were asked for, when those are fewer. */
  accepted: 40,
  null_outages: 0,
  null_resets: 0,
  null_dead: 0,
  /** Decided before any error is looked at. */
  conditions: {
    true_error_ms: 0.2,
    send_gap_ms: 2,
    turn_around_ms: 2,
    steal_ratio: 0.2,
    overslept_ms: 20,
  } satisfies Conditions,
  /** Over the whole null run. An answer counts as lost after 100 ms: half of that must not be the machine's. */
  null_conditions: { send_gap_ms: 50, steal_ratio: 0.3, overslept_ms: 50 },
} as const;
