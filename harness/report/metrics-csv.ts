import { declarationOf } from '../analysis/metrics.ts';
import type { Journal, MetricPart, Trial } from '../journal/journal.ts';
import { ownValue } from '../journal/kept-trial.ts';
import { parseMetricName } from '../journal/metric-name.ts';
import { trialsNotMade } from '../journal/trials-not-made.ts';
import { isLowerBound, isTrusted } from '../journal/trusted.ts';
import { csvLine } from './csv-line.ts';

const COLUMNS = [
  'drill',
  'profile',
  'seed',
  'started_at',
  'trial',
  'verdict',
  'metric',
  'value',
  'unit',
  'at_least',
  'error',
  'allowed_low',
  'allowed_high',
  'allowed_from',
  'note',
  'of',
] as const;

type Row = Partial<Record<(typeof COLUMNS)[number], string | number>>;

/**
 * The metrics of a run, one line for each of each trial, with its error and what the protocol allows. A value that is not
 * known, or that does not count, is an empty cell with the reason in `note`, never a number.
 */
export function metricsCsv(journal: Journal): string {
  const { drill, profile, seed, started_at } = journal;
  const rows = [...journal.trials.flatMap(rowsOfTrial), ...notMade(journal)];
  const lines = rows.map((row) => {
    const whole: Row = { drill, profile, seed, started_at, ...row };
    return csvLine(COLUMNS.map((column) => whole[column]));
  });
  return [csvLine(COLUMNS), ...lines].join('');
}

function rowsOfTrial(trial: Trial): Row[] {
  const { index, verdict, metrics, missing_metrics = {} } = trial;
  const of: Row = { trial: index, verdict };
  if (!isTrusted(trial)) {
    const why = trial.doubts?.join('; ') ?? trial.reason ?? 'no reason was noted';
    return [{ ...of, note: `its numbers do not count: ${why}` }];
  }
  const folded = new Set(Object.keys(metrics).flatMap((metric) => errorOf(metric) ?? []));
  return [
    ...Object.keys(metrics)
      .filter((metric) => !folded.has(metric))
      .map((metric) => ({ ...of, ...measured(trial, metric) })),
    ...Object.entries(trial.parts ?? {}).flatMap(([metric, parts]) =>
      parts.map((part) => ({ ...of, ...partRow(metric, part) })),
    ),
    ...Object.entries(missing_metrics).map(([metric, why]) => ({
      ...of,
      metric,
      unit: unitOf(metric),
      note: `not known: ${why}`,
    })),
  ];
}

function measured(trial: Trial, metric: string): Row {
  const { bounds, missing_bounds = {} } = trial;
  const bound = Object.hasOwn(bounds, metric) ? bounds[metric] : undefined;
  const why = Object.hasOwn(missing_bounds, metric) ? missing_bounds[metric] : undefined;
  const error = errorOf(metric);
  const off = error === undefined ? undefined : ownValue(trial, error);
  return {
    metric,
    value: ownValue(trial, metric)!,
    unit: unitOf(metric),
    at_least: isLowerBound(trial, metric) ? 'yes' : 'no',
    ...(off === undefined ? {} : { error: off }),
    ...(bound ? { allowed_low: bound.low, allowed_high: bound.high, allowed_from: bound.from } : {}),
    ...(why === undefined ? {} : { note: `what is allowed is not known: ${why}` }),
  };
}

/** What one of several subjects has of it: `of` is its name, empty in the lines of whole metrics. */
function partRow(metric: string, { of, value, bound, missing }: MetricPart): Row {
  const lack = value === undefined ? 'not known' : 'what is allowed is not known';
  return {
    ...{ metric, unit: unitOf(metric), of },
    ...(value === undefined ? {} : { value, at_least: 'no' }),
    ...(bound ? { allowed_low: bound.low, allowed_high: bound.high, allowed_from: bound.from } : {}),
    ...(missing === undefined ? {} : { note: `${lack}: ${missing}` }),
  };
}

/** The full name of the metric that says how far this one may be off. */
function errorOf(metric: string): string | undefined {
  const { error } = declarationOf(metric);
  if (error === undefined) return undefined;
  return `${metric.slice(0, metric.length - parseMetricName(metric).measure.length)}${error}`;
}

/** Empty for a count. */
function unitOf(metric: string): string {
  const { unit } = declarationOf(metric);
  return unit === 'none' ? '' : unit;
}

function notMade(journal: Journal): Row[] {
  const missing = trialsNotMade(journal);
  if (!missing) return [];
  const { first, last } = missing;
  const trial = first === last ? first : `${first} to ${last}`;
  return [
    {
      trial,
      verdict: 'unknown',
      note: `not made: ${journal.ended_early ?? 'the run has not ended, or was killed'}`,
    },
  ];
}
