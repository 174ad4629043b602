import type { Journal, Summary } from '../journal/journal.ts';
import { isTrusted } from '../journal/trusted.ts';
import { csvLine } from './csv-line.ts';

/** A run as a line of a series: what Apache Otava looks for changes in. */
export interface SeriesRun {
  started_at: string;
  drill: string;
  profile: string;
  seed: number;
  verdict: string;
  /** Trials that were made, and those of them whose numbers count. */
  trials: number;
  trusted: number;
  versions: Readonly<Record<string, string>>;
  summary: Readonly<Record<string, Summary>>;
}

const ATTRIBUTES = ['time', 'drill', 'profile', 'seed', 'verdict', 'versions', 'unknown_ratio'] as const;

/**
 * Runs of one drill as Apache Otava reads them (`type: csv`, `time_column: time`): a line for each run, oldest first, a
 * column for the median of each metric. Otava takes numbers only and finds nothing beside one that is missing, so a run
 * without numbers has no line, and a metric without a median in one of the others (or with one that is only a lower
 * bound) has no column. `unknown_ratio` is the share of a run's trials whose numbers do not count.
 * @param wanted the metrics; then runs that lack one of them have no line. Default: those that all runs have.
 */
export function otavaCsv(runs: readonly SeriesRun[], wanted?: readonly string[]): string {
  const measured = runs.filter(({ trusted }) => trusted > 0);
  const metrics = wanted ?? metricsOfAll(measured);
  const lines = measured
    .filter((run) => metrics.every((metric) => medianOf(run, metric) !== undefined))
    .toSorted((a, b) => a.started_at.localeCompare(b.started_at))
    .map((run) => csvLine([...attributesOf(run), ...metrics.map((metric) => medianOf(run, metric))]));
  return [csvLine([...ATTRIBUTES, ...metrics]), ...lines].join('');
}

/** One run as a series of one. */
export function seriesRun({ trials, environment: { versions }, ...journal }: Journal): SeriesRun {
  const { started_at, drill, profile, seed, verdict, summary } = journal;
  const trusted = trials.filter(isTrusted).length;
  return { started_at, drill, profile, seed, verdict, trials: trials.length, trusted, versions, summary };
}

function attributesOf({ started_at, drill, profile, seed, verdict, versions, trials, trusted }: SeriesRun) {
  const daemons = Object.entries(versions).map(([daemon, version]) => `${daemon} ${version}`);
  // Otava reads no more than microseconds of a time.
  const time = started_at.replace(/\.\d+Z$/, 'Z');
  return [time, drill, profile, seed, verdict, daemons.join('; '), 1 - trusted / trials];
}

function metricsOfAll(runs: readonly SeriesRun[]): string[] {
  const names = new Set(runs.flatMap(({ summary }) => Object.keys(summary)));
  return [...names].filter((metric) => runs.every((run) => medianOf(run, metric) !== undefined));
}

/** undefined also where some of the values are only lower bounds. */
function medianOf({ summary }: SeriesRun, metric: string): number | undefined {
  if (!Object.hasOwn(summary, metric)) return undefined;
  const { median, lower_bounds } = summary[metric]!;
  return lower_bounds ? undefined : median;
}
