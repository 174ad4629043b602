import { median, quantile } from 'simple-statistics';
import type { Verdict } from '../journal/journal.ts';
import {
  type CalibrationSummary,
  type CutResult,
  type ErrorSummary,
  LIMITS,
  type NullRun,
} from './calibration.ts';

/** The errors over the accepted cuts, and what follows from them. `asked`: how many cuts were wanted. */
export function summarizeCalibration(
  asked: number,
  cuts: readonly CutResult[],
  null_run: NullRun,
): CalibrationSummary {
  const accepted = cuts.filter((cut) => cut.accepted);
  const probe = errorSummary(accepted.map((cut) => cut.probe.error_ms));
  const observer = errorSummary(accepted.map((cut) => cut.observer.error_ms));
  const failures = [
    ...beyond('probe', probe, LIMITS.probe_p99_abs_error_ms),
    ...beyond('observer', observer, LIMITS.observer_p99_abs_error_ms),
    ...nullFailures(null_run),
  ];
  const gaps = [...tooFew(asked, accepted.length), ...unaccepted(null_run)];
  return {
    asked,
    cuts: cuts.length,
    accepted: accepted.length,
    accepted_ratio: cuts.length > 0 ? accepted.length / cuts.length : 0,
    probe,
    observer,
    null_outages: null_run.outages,
    null_resets: null_run.resets,
    verdict: verdictOf(failures, gaps),
    reasons: [...failures, ...gaps],
    limits: LIMITS,
  };
}

/** undefined, that is null, of no errors. */
export function errorSummary(errors_ms: readonly number[]): ErrorSummary | null {
  if (errors_ms.length === 0) return null;
  const sizes = errors_ms.map(Math.abs);
  return {
    p50_abs_error_ms: median(sizes),
    p99_abs_error_ms: quantile(sizes, 0.99),
    max_abs_error_ms: Math.max(...sizes),
    bias_ms: median([...errors_ms]),
  };
}

/** Too few cuts say nothing, neither good nor bad; what a machine that runs well shows as wrong is wrong. */
function verdictOf(failures: readonly string[], gaps: readonly string[]): Verdict {
  if (gaps.length > 0) return 'unknown';
  return failures.length > 0 ? 'fail' : 'pass';
}

function beyond(name: string, errors: ErrorSummary | null, limit_ms: number): string[] {
  if (!errors || errors.p99_abs_error_ms <= limit_ms) return [];
  return [
    `the ${name}'s error is up to ${errors.p99_abs_error_ms.toFixed(2)} ms (p99), more than ${limit_ms} ms`,
  ];
}

function nullFailures({ accepted, outages, resets, dead }: NullRun): string[] {
  if (!accepted) return [];
  return [
    ...(outages > LIMITS.null_outages ? [`the probe saw ${outages} outages where there was none`] : []),
    ...(resets > LIMITS.null_resets ? [`${resets} sessions were reset where nothing was cut`] : []),
    ...(dead > LIMITS.null_dead ? [`${dead} sessions did not survive where nothing was cut`] : []),
  ];
}

function tooFew(asked: number, accepted: number): string[] {
  const needed = Math.min(asked, LIMITS.accepted);
  if (accepted >= needed) return [];
  return [`starved: only ${accepted} cuts were made while the machine ran as it must, of ${needed} needed`];
}

function unaccepted({ accepted, reason }: NullRun): string[] {
  return accepted ? [] : [`the run without cuts: ${reason ?? 'not accepted'}`];
}
