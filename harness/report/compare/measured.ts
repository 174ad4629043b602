import { declarationOf } from '../../analysis/metrics.ts';
import { largest, smallest } from '../../ground/extremes.ts';
import type { Journal, Trial } from '../../journal/journal.ts';
import { ownValue } from '../../journal/kept-trial.ts';
import { parseMetricName } from '../../journal/metric-name.ts';
import { isLowerBound } from '../../journal/trusted.ts';
import { trustedTrials, valuesOf } from '../../journal/trusted-trials.ts';
import type { Sample } from '../../verdict/change.ts';

/** The values of a metric that count, with what is needed to compare them; all in the metric's unit. */
export interface Measured {
  values: MeasuredValue[];
  /** How many of them are only lower bounds. */
  lower_bounds: number;
  /** The largest error of a value, either way. */
  error?: number;
  /** What the protocol allowed, over all trials. */
  allowed?: [number, number];
}

export interface MeasuredValue {
  value: number;
  machine: string;
  /** What the protocol gives for the moment at which the fault fell, and for the middle of its interval. */
  at_phase?: number;
  middle?: number;
}

/**
 * What of the values is compared. `residual`: what they have beyond the protocol's wait at the moment of the fault, where it
 * is allowed the same on both sides. `mid-interval`: what they would be if the fault had fallen in the middle of the
 * protocol's interval, where it is allowed different things. `value`: the values as they are.
 */
export type Basis = 'residual' | 'mid-interval' | 'value';

/** A shift of less than this share of what the protocol allows, or of the median where it allows nothing, is none. */
const MARGIN_SHARE = 0.05;
/** In ms: a scheduler's turn, which nobody feels, whatever is allowed and however exactly it was measured. */
const LEAST_MARGIN_MS = 1;
/** Of all trials whose machine was not noted. */
const UNNAMED = '';
/** Bounds that are computed alike may differ in the last digits. */
const SAME_BOUND = 1e-6;

/** The values of a metric over the trials of a run that count. */
export function measuredOf(journal: Journal, metric: string): Measured {
  const values = valuesOf(journal, metric).map(({ trial, value }) => ({
    value,
    machine: machineOf(journal, trial),
    ...phaseOf(trial, metric),
  }));
  const trials = trustedTrials(journal);
  const error_metric = errorMetric(metric);
  const errors =
    error_metric === undefined ? [] : trials.flatMap((trial) => ownValue(trial, error_metric) ?? []);
  const bounds = trials.flatMap((trial) => boundOf(trial, metric) ?? []);
  return {
    values,
    lower_bounds: trials.filter((trial) => isLowerBound(trial, metric)).length,
    ...(errors.length > 0 ? { error: errors.reduce((a, b) => Math.max(a, b)) } : {}),
    ...(bounds.length > 0
      ? {
          allowed: [
            bounds.reduce((low, one) => Math.min(low, one.low), Infinity),
            bounds.reduce((high, one) => Math.max(high, one.high), -Infinity),
          ],
        }
      : {}),
  };
}

/** Several as one. */
export function pooled(all: readonly Measured[]): Measured {
  const errors = all.flatMap(({ error }) => error ?? []);
  const allowed = all.flatMap((one) => (one.allowed ? [one.allowed] : []));
  return {
    values: all.flatMap(({ values }) => values),
    lower_bounds: all.reduce((sum, one) => sum + one.lower_bounds, 0),
    ...(errors.length > 0 ? { error: largest(errors) } : {}),
    ...(allowed.length > 0
      ? {
          allowed: [smallest(allowed.map(([low]) => low)), largest(allowed.map(([, high]) => high))] as [
            number,
            number,
          ],
        }
      : {}),
  };
}

/**
 * What of them can be compared, the best first; of different bounds the residual too, which leaves out what they explain.
 */
export function basesOf(base: Measured, now: Measured): Basis[] {
  const phased = [...base.values, ...now.values].every(({ at_phase }) => at_phase !== undefined);
  if (!phased) return ['value'];
  return sameAllowed(base, now) ? ['residual'] : ['mid-interval', 'residual'];
}

/** The values as they are compared, in such a way that larger ones are worse. */
export function sampleOf({ values, lower_bounds }: Measured, basis: Basis, sign: 1 | -1 = 1): Sample {
  return {
    lower_bounds,
    values: values.map((one) => ({ value: sign * valueAs(one, basis), machine: one.machine })),
  };
}

/** In ms: the larger of a share of what is allowed, twice the largest error, and 1 ms. */
export function marginOf(base: Measured, now: Measured): number {
  const widths = [base, now].flatMap(({ allowed }) => (allowed ? [allowed[1] - allowed[0]] : []));
  const scale = widths.length > 0 ? largest(widths) : Math.max(middleOf(base), middleOf(now));
  return Math.max(LEAST_MARGIN_MS, MARGIN_SHARE * scale, 2 * (base.error ?? 0), 2 * (now.error ?? 0));
}

/** Whether the protocol allowed the same, as far as that is known. */
function sameAllowed(base: Measured, now: Measured): boolean {
  if (!base.allowed || !now.allowed) return base.allowed === now.allowed;
  return base.allowed.every((limit, at) => Math.abs(limit - now.allowed![at]!) <= SAME_BOUND);
}

function valueAs({ value, at_phase = 0, middle = 0 }: MeasuredValue, basis: Basis): number {
  if (basis === 'value') return value;
  return basis === 'residual' ? value - at_phase : value - at_phase + middle;
}

function middleOf({ values }: Measured): number {
  const sorted = values.map(({ value }) => Math.abs(value)).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function machineOf({ environment }: Journal, trial: Trial): string {
  return trial.machine ?? environment.machine ?? UNNAMED;
}

function phaseOf(trial: Trial, metric: string): Pick<MeasuredValue, 'at_phase' | 'middle'> {
  const bound = boundOf(trial, metric);
  if (bound?.at_phase === undefined) return {};
  return { at_phase: bound.at_phase, middle: (bound.low + bound.high) / 2 };
}

function boundOf({ bounds }: Trial, metric: string) {
  return Object.hasOwn(bounds, metric) ? bounds[metric] : undefined;
}

function errorMetric(metric: string): string | undefined {
  const { error } = declarationOf(metric);
  const { measure } = parseMetricName(metric);
  return error === undefined ? undefined : `${metric.slice(0, metric.length - measure.length)}${error}`;
}
