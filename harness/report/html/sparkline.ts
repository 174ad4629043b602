import { cellOf } from '../history/history-report.ts';
import { comparedMetrics, type MetricRecord, type RunRecord } from '../history/run-record.ts';
import { html, Markup } from './markup.ts';
import { linearScale } from './scale.ts';

const WIDTH = 220;
const HEIGHT = 44;
/** Older runs are in the history. */
const MOST_RUNS = 60;

/** The median of what clients went without, run by run, oldest first; a run without one is a question mark. */
export function sparkline(runs: readonly RunRecord[]): Markup {
  const shown = runs.slice(-MOST_RUNS);
  const metric = shown.flatMap(comparedMetrics)[0];
  if (metric === undefined) return html`<span class="note">no number,</span>`;
  const records = shown.map(({ summary }) => (Object.hasOwn(summary, metric) ? summary[metric] : undefined));
  const values = records.flatMap((one) => (one ? [one.median, ...(one.allowed ?? [])] : []));
  const scale = linearScale(values, HEIGHT - 6, 6);
  const step = shown.length > 1 ? (WIDTH - 20) / (shown.length - 1) : 20;
  const points = shown.map((run, at) => {
    const x = 10 + at * step;
    const record = records[at];
    const title = html`<title>${run.started_at.slice(0, 16).replace('T', ' ')}, ${run.verdict}: ${cellOf(metric, record)}</title>`;
    if (!record)
      return html`<text class="unknown-mark" x="${x}" y="${HEIGHT / 2 + 4}" text-anchor="middle">?${title}</text>`;
    const band = record.allowed
      ? html`<rect class="band" x="${x - step / 2}" y="${scale.at(record.allowed[1])}" width="${Math.max(4, step)}" height="${Math.max(1, scale.at(record.allowed[0]) - scale.at(record.allowed[1]))}"/>`
      : undefined;
    const y = scale.at(record.median);
    const dot = html`<path class="dot ${run.verdict}" d="M${x} ${y}${shapeOf(run, record)}">${title}</path>`;
    return html`${band}${dot}`;
  });
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" role="img" aria-label="${metric} of the last ${shown.length} runs, last ${cellOf(metric, records.at(-1))}">${points}</svg><span class="note">${metric},</span>`;
}

/** A triangle upwards where the median is the least that it may be, a diamond of a run that failed, else a disc. */
function shapeOf({ verdict }: RunRecord, { lower_bounds = 0 }: MetricRecord): Markup {
  if (lower_bounds > 0) return new Markup('m-5 4l5 -9l5 9z');
  return new Markup(
    verdict === 'fail' ? 'm0 -5l5 5l-5 5l-5 -5z' : 'm-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0',
  );
}
