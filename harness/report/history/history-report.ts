import { formatRange, formatValue } from '../../journal/format-value.ts';
import { textTable } from '../text-table.ts';
import { comparedMetrics, type MetricRecord, type RunRecord } from './run-record.ts';
import { versionChanges } from './version-changes.ts';

/** More columns than these have no room on a terminal. */
const MOST_METRICS = 3;

/** The runs of a drill, a line each, oldest first, with changes of versions under them; ends with a newline. */
export function historyReport(drill: string, runs: readonly RunRecord[], wanted?: readonly string[]): string {
  const metrics = wanted ?? metricsOf(runs);
  const rows = runs.map((run) => [
    run.started_at.slice(0, 16).replace('T', ' '),
    run.profile,
    run.verdict.toUpperCase(),
    countsOf(run),
    ...metrics.map((metric) => cellOf(metric, own(run, metric))),
  ]);
  const head = ['STARTED (UTC)', 'PROFILE', 'VERDICT', 'TRIALS', ...metrics];
  const notes = versionChanges(runs).map(
    ({ started_at, words }) => `${started_at.slice(0, 16).replace('T', ' ')}: ${words}`,
  );
  return (
    `${drill}: ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}\n\n` +
    textTable(head, rows) +
    (metrics.length > 0 ? LEGEND : '') +
    (notes.length > 0 ? `\n${notes.join('\n')}\n` : '')
  );
}

const LEGEND = 'Median (least to largest) ± largest error, and what was allowed.\n';

/** What clients went without in any of the runs. */
function metricsOf(runs: readonly RunRecord[]): string[] {
  return [...new Set(runs.flatMap(comparedMetrics))].slice(0, MOST_METRICS);
}

/** `3`, `2 of 3 count`, `2 of 5 made`. */
function countsOf({ trials, trials_asked, trusted }: RunRecord): string {
  if (trials < trials_asked) return `${trials} of ${trials_asked} made, ${trusted} count`;
  return trusted < trials ? `${trusted} of ${trials} count` : String(trials);
}

/** `3.31 s (3.08-3.59 s) ± 1.1 ms, of 2.80-3.80 s` */
export function cellOf(metric: string, record: MetricRecord | undefined): string {
  if (!record) return 'not known';
  const { n, min, median, max, lower_bounds = 0, error, allowed } = record;
  // Where a value may be larger than it is, so may the median.
  const middle = `${lower_bounds > 0 ? 'at least ' : ''}${formatValue(metric, median)}`;
  const range = n > 1 ? ` (${formatRange(metric, min, max)})` : '';
  const off = error === undefined || lower_bounds > 0 ? '' : ` ± ${formatValue(metric, error)}`;
  return `${middle}${range}${off}${allowed ? `, of ${formatRange(metric, ...allowed)}` : ''}`;
}

function own({ summary }: RunRecord, metric: string): MetricRecord | undefined {
  return Object.hasOwn(summary, metric) ? summary[metric] : undefined;
}
