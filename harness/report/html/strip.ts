import { declarationOf } from '../../analysis/metrics.ts';
import { formatValue, tellingExactness } from '../../journal/format-value.ts';
import type { Bound, ExpectationRecord, Journal, Trial } from '../../journal/journal.ts';
import { ownValue } from '../../journal/kept-trial.ts';
import { parseMetricName } from '../../journal/metric-name.ts';
import { isLowerBound, isTrusted } from '../../journal/trusted.ts';
import { html, type Markup } from './markup.ts';
import { linearScale, type Scale } from './scale.ts';
import { baselineDots, baselineValues } from './strip-baseline.ts';

const WIDTH = 720;
const LEFT = 52;
/** Above this the numbers of trials have no room beside their rows. */
const MOST_NUMBERED = 20;
const RIGHT = 690;
/** With more trials than these a dot is no longer one that can be pointed at: the others are in the tables. */
const MOST_DOTS = 500;

interface Row {
  trial: Trial;
  value: number | undefined;
  error: number | undefined;
  at_least: boolean;
  bound: Bound | undefined;
}

interface Drawing {
  metric: string;
  rows: Row[];
  scale: Scale;
  height: number;
  expectations: ExpectationRecord[];
  y(row: number): number;
}

/** A metric over the trials: a row for each trial, with its error, what is allowed shaded, what is expected as a line. */
export function strip(
  journal: Journal,
  metric: string,
  canShow: (trial: Trial) => boolean,
  baseline?: Journal,
): Markup {
  const rows = journal.trials.slice(0, MOST_DOTS).map((trial) => rowOf(trial, metric));
  const expectations = journal.expectations.filter((one) => one.metric === metric);
  const before = baselineValues(baseline, metric);
  const step = Math.min(18, Math.max(3, 180 / rows.length));
  const drawing: Drawing = {
    metric,
    rows,
    expectations,
    scale: linearScale([...valuesIn(rows, expectations), ...before], LEFT, RIGHT, {
      most: declarationOf(metric).unit === 'ratio' ? 1 : Infinity,
    }),
    height: rows.length * step,
    y: (row) => 4 + (row + 0.5) * step,
  };
  const { height } = drawing;
  return html`<svg class="strip" viewBox="0 0 ${WIDTH} ${height + 30}" role="group" aria-label="${describe(drawing)}">
${bands(drawing, step)}${axis(drawing)}${limits(drawing)}${baselineDots(metric, before, drawing.scale, height)}${whiskers(drawing)}
<g class="dots">${rows.map((row, at) => dot(drawing, row, at, canShow(row.trial)))}</g>
</svg>${journal.trials.length > rows.length ? html`<p class="note">Drawn are the first ${rows.length} of ${journal.trials.length} trials.</p>` : undefined}`;
}

function rowOf(trial: Trial, metric: string): Row {
  if (!isTrusted(trial))
    return { trial, value: undefined, error: undefined, at_least: false, bound: undefined };
  const { error } = declarationOf(metric);
  const { measure } = parseMetricName(metric);
  const error_metric = `${metric.slice(0, metric.length - measure.length)}${error}`;
  return {
    trial,
    value: ownValue(trial, metric),
    error: error === undefined ? undefined : ownValue(trial, error_metric),
    at_least: isLowerBound(trial, metric),
    bound: Object.hasOwn(trial.bounds, metric) ? trial.bounds[metric] : undefined,
  };
}

function valuesIn(rows: readonly Row[], expectations: readonly ExpectationRecord[]): number[] {
  return [
    ...rows.flatMap(({ value, error = 0, bound }) => [
      ...(value === undefined ? [] : [value - error, value + error]),
      ...(bound ? [bound.low, bound.high] : []),
    ]),
    ...expectations.flatMap(({ op, value }) => (op === 'within_bound' ? [] : [value])),
  ];
}

/** What the protocol allows: one shade over the rows that have the same bound. */
function bands({ rows, scale, y }: Drawing, step: number): Markup[] {
  return rows.flatMap(({ bound }, at) => {
    const before = rows[at - 1]?.bound;
    if (!bound || (before?.low === bound.low && before.high === bound.high)) return [];
    const end = rows.findIndex(
      (row, other) => other > at && (row.bound?.low !== bound.low || row.bound.high !== bound.high),
    );
    const last = end === -1 ? rows.length : end;
    const [x, to] = [scale.at(bound.low), scale.at(bound.high)];
    return html`<rect class="band" x="${x}" y="${y(at) - step / 2}" width="${Math.max(1.5, to - x)}" height="${(last - at) * step}"><title>${bound.from}</title></rect>`;
  });
}

function axis({ metric, scale, height }: Drawing): Markup {
  const [first = 0, second = first] = scale.ticks;
  const exactness = tellingExactness(metric, first, [second]);
  const counts = declarationOf(metric).unit === 'none' && scale.high - scale.low < 20;
  const ticks = scale.ticks
    .filter((value) => !counts || Number.isInteger(value))
    .map(
      (value) =>
        html`<line class="grid" x1="${scale.at(value)}" x2="${scale.at(value)}" y1="4" y2="${height + 6}"/><text x="${scale.at(value)}" y="${height + 20}" text-anchor="middle">${formatValue(metric, value, exactness)}</text>`,
    );
  return html`<g class="axis">${ticks}<line class="base" x1="${LEFT}" x2="${RIGHT}" y1="${height + 6}" y2="${height + 6}"/></g>`;
}

/** What is expected, where it is a value; a margin beside a bound is in the table of expectations. */
function limits({ metric, expectations, scale, height }: Drawing): Markup[] {
  return expectations.flatMap(({ op, stat, value }) => {
    if (op === 'within_bound') return [];
    const x = scale.at(value);
    const words = `${stat === 'each' ? '' : `${stat} `}${op} ${formatValue(metric, value)}`;
    const near_end = x > RIGHT - 100;
    return html`<line class="limit" x1="${x}" x2="${x}" y1="0" y2="${height + 8}"/><text class="limit-word" x="${near_end ? x - 4 : x + 4}" y="${height + 29}" text-anchor="${near_end ? 'end' : 'start'}">expected ${words}</text>`;
  });
}

function dot({ metric, scale, rows, y }: Drawing, row: Row, at: number, can_show: boolean): Markup {
  const { trial, value, at_least } = row;
  const words = `trial ${trial.index} (${trial.verdict}): ${wordsOf(metric, row)}${allowedWords(metric, rows, at)}`;
  const drawn = value === undefined ? notKnown(y(at)) : measured(scale, y(at), trial, value, at_least);
  const number =
    rows.length <= MOST_NUMBERED
      ? html`<text class="number" x="${LEFT - 18}" y="${y(at) + 4}" text-anchor="end">${trial.index}</text>`
      : undefined;
  const whole = html`<title>${words}</title>${number}${drawn}`;
  return can_show ? html`<a href="#trial-${trial.index}">${whole}</a>\n` : html`<g>${whole}</g>\n`;
}

/** Hatched over the whole row: nothing is known of it. */
function notKnown(y: number): Markup {
  return html`<rect class="hatched" x="${LEFT}" y="${y - 3}" width="${RIGHT - LEFT}" height="6"/><text class="unknown-mark" x="${LEFT - 6}" y="${y + 4}" text-anchor="end">?</text>`;
}

function measured(scale: Scale, y: number, { verdict }: Trial, value: number, at_least: boolean): Markup {
  const x = scale.at(value);
  if (at_least)
    return html`<line class="error open" x1="${x}" x2="${RIGHT}" y1="${y}" y2="${y}"/><path class="dot ${verdict}" d="M${x - 4} ${y - 4.5}l9 4.5l-9 4.5z"/>`;
  if (verdict === 'fail') return html`<path class="dot fail" d="M${x} ${y - 5}l5 5l-5 5l-5 -5z"/>`;
  if (verdict === 'pass') return html`<circle cx="${x}" cy="${y}"/>`;
  return html`<circle class="dot ${verdict}" cx="${x}" cy="${y}"/>`;
}

/** The errors of all values, in one path. */
function whiskers({ rows, scale, y }: Drawing): Markup | undefined {
  const lines = rows.flatMap(({ value, error = 0, at_least }, at) => {
    if (value === undefined || at_least || error <= 0) return [];
    const [from, to] = [scale.at(value - error), scale.at(value + error)];
    return html`M${from} ${y(at)}h${to - from}`;
  });
  return lines.length > 0 ? html`<path class="error" d="${lines}"/>` : undefined;
}

function wordsOf(metric: string, { trial, value, error, at_least }: Row): string {
  if (value === undefined) {
    const missing = trial.missing_metrics ?? {};
    const why = Object.hasOwn(missing, metric) ? missing[metric] : trial.reason;
    return `not known${why ? `: ${why}` : ''}`;
  }
  const off = error === undefined || at_least ? '' : ` ± ${formatValue(metric, error)}`;
  return `${at_least ? 'at least ' : ''}${formatValue(metric, value)}${off}`;
}

/** Of many trials it is said where it is another than that of the one above. */
function allowedWords(metric: string, rows: readonly Row[], at: number): string {
  const [bound, above] = [rows[at]?.bound, rows[at - 1]?.bound];
  if (!bound || rows[at]?.value === undefined) return '';
  if (rows.length > MOST_NUMBERED && bound.low === above?.low && bound.high === above.high) return '';
  return `, allowed ${formatValue(metric, bound.low)} to ${formatValue(metric, bound.high)}`;
}

function describe({ metric, rows }: Drawing): string {
  const known = rows.filter(({ value }) => value !== undefined).length;
  return `${metric} of ${known} of ${rows.length} trials; the table of trials has the same numbers`;
}
