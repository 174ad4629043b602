import { z } from 'zod';
import { declarationOf } from '../../analysis/metrics.ts';
import type { Journal, Summary, Verdict } from '../../journal/journal.ts';
import { summarySchema } from '../../journal/journal-schema.ts';
import { parseMetricName } from '../../journal/metric-name.ts';
import { isTrusted } from '../../journal/trusted.ts';
import { type Measured, measuredOf, pooled } from '../compare/measured.ts';

/** What is remembered of a run when its folder is gone. */
export interface RunRecord {
  drill: string;
  profile: string;
  seed: number;
  started_at: string;
  verdict: Verdict;
  /** Trials that were made, those that were asked for, and those whose numbers count. */
  trials: number;
  trials_asked: number;
  trusted: number;
  /** Daemon to version. */
  versions: Record<string, string>;
  /** The machine, or machines, that it was made on; absent where that was not noted. */
  machine?: string;
  /** Where it was when it was read. */
  folder: string;
  summary: Record<string, MetricRecord>;
}

/** A metric over the trials of a run that count. */
export interface MetricRecord extends Summary {
  /** The largest error of its values, either way. */
  error?: number;
  /** What the protocol allowed, over all trials. */
  allowed?: [number, number];
  /** Of what clients went without: every value. */
  values?: number[];
  /** What the protocol gives for the moment of the fault of each, and for the middle of its interval; absent unless of all. */
  at_phase?: number[];
  middle?: number[];
}

/** Metrics that are compared, and whose larger values are worse. */
const COMPARED_ROLES: ReadonlySet<string> = new Set(['outage', 'stall', 'takeover']);

export const runRecordSchema = z.object({
  drill: z.string(),
  profile: z.string(),
  seed: z.int(),
  started_at: z.string(),
  verdict: z.enum(['pass', 'fail', 'unknown']),
  trials: z.int(),
  trials_asked: z.int(),
  trusted: z.int(),
  versions: z.record(z.string(), z.string()),
  machine: z.string().exactOptional(),
  folder: z.string(),
  summary: z.record(
    z.string(),
    summarySchema.extend({
      error: z.number().exactOptional(),
      allowed: z.tuple([z.number(), z.number()]).exactOptional(),
      values: z.array(z.number()).exactOptional(),
      at_phase: z.array(z.number()).exactOptional(),
      middle: z.array(z.number()).exactOptional(),
    }),
  ),
}) satisfies z.ZodType<RunRecord>;

/** What of a run is remembered. */
export function recordOf(journal: Journal, folder: string): RunRecord {
  const { drill, profile, seed, started_at, verdict, trials, trials_asked, environment } = journal;
  const metrics = Object.entries(journal.summary).map(([metric, summary]) => [
    metric,
    { ...summary, ...aroundOf(journal, metric) },
  ]);
  return {
    drill,
    profile,
    seed,
    started_at,
    verdict,
    trials: trials.length,
    trials_asked: Math.max(trials.length, trials_asked ?? 0),
    trusted: trials.filter(isTrusted).length,
    versions: environment.versions,
    ...machineOf(journal),
    folder,
    summary: Object.fromEntries(metrics),
  };
}

/** Shards may have been made on several. */
function machineOf({ environment, trials }: Journal): { machine?: string } {
  const all = trials.flatMap((trial) => trial.machine ?? environment.machine ?? []);
  const names = [...new Set(all.length > 0 ? all : [environment.machine ?? []].flat())].sort();
  return names.length > 0 ? { machine: names.join(', ') } : {};
}

/** Whether two records are of the same run: also where one of them was read before the run had ended. */
export function keyOf({ drill, profile, seed, started_at }: RunRecord): string {
  return JSON.stringify([drill, profile, seed, started_at]);
}

/** The metrics of a run that are shown and compared: for how long clients went without, of all faults together. */
export function comparedMetrics({ summary }: RunRecord): string[] {
  return Object.keys(summary).filter((metric) => {
    const { role, after_healing } = declarationOf(metric);
    return COMPARED_ROLES.has(role) && !after_healing && parseMetricName(metric).fault === undefined;
  });
}

/** The values of a metric in these runs together, as they are compared. */
export function measuredIn(records: readonly MetricRecord[]): Measured {
  return pooled(
    records.map(({ values = [], at_phase, middle, lower_bounds = 0, error, allowed }) => ({
      values: values.map((value, at) => ({
        value,
        machine: '',
        ...(at_phase && middle ? { at_phase: at_phase[at]!, middle: middle[at]! } : {}),
      })),
      lower_bounds,
      ...(error === undefined ? {} : { error }),
      ...(allowed ? { allowed } : {}),
    })),
  );
}

function aroundOf(journal: Journal, metric: string): Partial<MetricRecord> {
  const { values, error, allowed } = measuredOf(journal, metric);
  const phased = values.flatMap(({ at_phase, middle }) =>
    at_phase === undefined || middle === undefined ? [] : [{ at_phase, middle }],
  );
  const compared = COMPARED_ROLES.has(declarationOf(metric).role);
  const whole = compared && phased.length > 0 && phased.length === values.length;
  return {
    ...(error === undefined ? {} : { error }),
    ...(allowed ? { allowed } : {}),
    ...(compared ? { values: values.map(({ value }) => value) } : {}),
    ...(whole
      ? {
          at_phase: phased.map(({ at_phase }) => at_phase),
          middle: phased.map(({ middle }) => middle),
        }
      : {}),
  };
}
