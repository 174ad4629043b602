import { formatValue } from '../../journal/format-value.ts';
import type { Trial } from '../../journal/journal.ts';
import { type Bar, EVENT_LANES, type Moment, momentsOf } from './lane-events.ts';
import { html, type Markup } from './markup.ts';
import { linearScale, type Scale } from './scale.ts';

export const LANES_WIDTH = 720;
export const LANES_LEFT = 110;
export const LANES_RIGHT = 705;
const LANE_HEIGHT = 34;
/** Numbers of moments nearer than this share a label. */
const LABEL_WIDTH = 22;
/** Moments within this share of the axis are drawn again, close up. */
const CLOSE_SHARE = 0.04;

/** What happened in a trial on one axis of time: faults, clients, wire and nodes; and where many moments are close, that. */
export function lanes(
  trial: Trial,
  nodes: readonly string[],
  end_ms: number | undefined,
): Markup | undefined {
  const moments = momentsOf(trial, nodes);
  const last = moments.at(-1);
  if (!last) return undefined;
  const end = Math.max(last.at_ms, end_ms ?? last.at_ms);
  const bars = [...faultBars(trial, end), ...outageBars(trial), ...degradedBars(trial)];
  const scale = timeScale(moments, bars, end);
  const whole = lanesOn(scale, moments, bars, 'What happened when; the list below has the same moments');
  const close = closest(moments, (scale.high - scale.low) * CLOSE_SHARE);
  return html`${whole}${close && closeUp(close, bars)}`;
}

/** The moments of one stretch of time, on an axis of their own. */
function closeUp(moments: readonly Moment[], bars: readonly Bar[]): Markup {
  const [first, last] = [moments[0]!.at_ms, moments.at(-1)!.at_ms];
  const scale = linearScale([first, last], LANES_LEFT, LANES_RIGHT, { least: -Infinity });
  const inside = bars
    .filter(({ from_ms, to_ms }) => from_ms < scale.high && to_ms > scale.low)
    .map((bar) => ({
      ...bar,
      from_ms: Math.max(bar.from_ms, scale.low),
      to_ms: Math.min(bar.to_ms, scale.high),
    }));
  const words = `Close up: ${first.toFixed(1)} to ${last.toFixed(1)} ms after the fault`;
  return html`<p class="note">${words}</p>${lanesOn(scale, moments, inside, words)}`;
}

function lanesOn(scale: Scale, moments: readonly Moment[], bars: readonly Bar[], words: string): Markup {
  const names = laneNames(moments, bars);
  const height = names.length * LANE_HEIGHT;
  const rows = names.map((name, at) => lane(name, at * LANE_HEIGHT, scale, moments, bars));
  return html`<svg class="lanes" viewBox="0 0 ${LANES_WIDTH} ${height + 26}" role="img" tabindex="0" data-low="${scale.low}" data-high="${scale.high}" aria-label="${words}">
${timeAxis(scale, height)}${rows}<line class="cursor" x1="0" x2="0" y1="0" y2="${height}" visibility="hidden"/>
</svg>`;
}

/** The largest group of moments that follow each other within so many ms; undefined where none has three. */
function closest(moments: readonly Moment[], within_ms: number): Moment[] | undefined {
  const groups: Moment[][] = [];
  for (const moment of moments.toSorted((a, b) => a.at_ms - b.at_ms)) {
    const group = groups.at(-1);
    if (group && moment.at_ms - group[0]!.at_ms <= within_ms) group.push(moment);
    else groups.push([moment]);
  }
  const extent = (group: readonly Moment[]) => group.at(-1)!.at_ms - group[0]!.at_ms;
  const largest = groups.toSorted((a, b) => b.length - a.length || extent(a) - extent(b))[0];
  return largest && largest.length >= 3 && extent(largest) > 0 ? largest : undefined;
}

/** An axis in ms after the fault. */
export function timeScale(moments: readonly Moment[], bars: readonly Bar[], end_ms: number): Scale {
  const times = [
    ...moments.map(({ at_ms }) => at_ms),
    ...bars.flatMap(({ from_ms, to_ms }) => [from_ms, to_ms]),
  ];
  return linearScale([Math.min(0, ...times), end_ms, 0], LANES_LEFT, LANES_RIGHT, { ticks: 8 });
}

/** Faults first, then each probe's clients, the wire, the nodes. */
function laneNames(moments: readonly Moment[], bars: readonly Bar[]): string[] {
  const rank = (name: string) => {
    const at = (EVENT_LANES as readonly string[]).indexOf(name);
    return at >= 0 ? at * 2 : name.startsWith('node ') ? 7 : 1;
  };
  const names = new Set([...bars, ...moments].map(({ lane: name }) => name));
  return [...names].sort((a, b) => rank(a) - rank(b));
}

function faultBars({ timeline, faults }: Trial, end_ms: number): Bar[] {
  const end = timeline.findLast(({ event }) => event === 'node-back' || event === 'heal');
  return timeline
    .filter(({ event }) => event === 'fault')
    .map(({ at_ms, detail }, at) => ({
      lane: 'faults',
      kind: 'fault',
      from_ms: at_ms,
      to_ms: Math.max(at_ms, end?.at_ms ?? end_ms),
      open: faults[at]?.reverted_at === null,
      words: detail,
    }));
}

function outageBars({ outages }: Trial): Bar[] {
  return outages.map(({ probe, start_ms, outage_ms, outage_error_ms, open }) => {
    const long = `${open ? 'at least ' : ''}${formatValue('_ms', outage_ms)}`;
    const words = `probe ${probe}: no service for ${long}${open ? '' : ` ± ${formatValue('_ms', outage_error_ms)}`}`;
    return {
      lane: `probe ${probe}`,
      kind: 'outage',
      from_ms: start_ms,
      to_ms: start_ms + outage_ms,
      open,
      words,
    };
  });
}

function degradedBars({ degraded = [] }: Trial): Bar[] {
  return degraded.map(({ probe, start_ms, degraded_ms, degraded_error_ms, loss_ratio, open }) => ({
    lane: `probe ${probe}`,
    kind: 'degraded',
    from_ms: start_ms,
    to_ms: start_ms + degraded_ms,
    open,
    words: `probe ${probe}: ${formatValue('_ratio', loss_ratio)} lost for ${open ? 'at least ' : ''}${formatValue('_ms', degraded_ms)}${open ? '' : ` ± ${formatValue('_ms', degraded_error_ms)}`}`,
  }));
}

function timeAxis({ ticks, at, low, high }: Scale, height: number): Markup {
  return html`<g class="axis">${ticks.map(
    (time) =>
      html`<line class="grid${time === 0 ? ' zero' : ''}" x1="${at(time)}" x2="${at(time)}" y1="0" y2="${height}"/><text x="${at(time)}" y="${height + 18}" text-anchor="middle">${time === 0 ? 'fault' : `${time < 0 ? '-' : ''}${formatValue('_ms', Math.abs(time), high - low < 2000 ? 1 : 0)}`}</text>`,
  )}</g>`;
}

function lane(
  name: string,
  y: number,
  scale: Scale,
  moments: readonly Moment[],
  bars: readonly Bar[],
): Markup {
  const own = bars.filter((bar) => bar.lane === name);
  const points = moments.filter((moment) => moment.lane === name);
  return html`<g><text class="lane-name" x="${LANES_LEFT - 8}" y="${y + 21}" text-anchor="end">${name}</text>
<line class="lane-line" x1="${LANES_LEFT}" x2="${LANES_RIGHT}" y1="${y + LANE_HEIGHT}" y2="${y + LANE_HEIGHT}"/>
${own.map((bar) => barOf(bar, y, scale))}${points.map((point) => tickOf(point, y, scale))}${labels(points, y, scale)}</g>`;
}

function barOf({ kind, from_ms, to_ms, open, words }: Bar, y: number, scale: Scale): Markup {
  const x = scale.at(from_ms);
  const width = Math.max(1.5, scale.at(to_ms) - x);
  return html`<rect class="bar ${kind}${open ? ' open' : ''}" x="${x}" y="${y + 15}" width="${width}" height="12"><title>${words}</title></rect>`;
}

function tickOf({ at_ms, number, words }: Moment, y: number, scale: Scale): Markup {
  const x = scale.at(at_ms);
  return html`<line class="tick" x1="${x}" x2="${x}" y1="${y + 13}" y2="${y + 29}"><title>${number}: ${words}</title></line>`;
}

/** The numbers of moments, those that would cover each other as one: `4-6`. */
function labels(points: readonly Moment[], y: number, scale: Scale): Markup[] {
  const groups: Moment[][] = [];
  for (const point of points.toSorted((a, b) => a.at_ms - b.at_ms)) {
    const group = groups.at(-1);
    if (group && scale.at(point.at_ms) - scale.at(group[0]!.at_ms) < LABEL_WIDTH) group.push(point);
    else groups.push([point]);
  }
  return groups.map((group) => {
    const numbers = group.map(({ number }) => number);
    return html`<text class="number" x="${scale.at(group[0]!.at_ms)}" y="${y + 10}">${rowsOf(numbers)}</text>`;
  });
}

/** `4`, `4-6`, `4,6` */
function rowsOf(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  if (sorted.length === 1) return String(first);
  return last - first === sorted.length - 1 ? `${first}-${last}` : sorted.join(',');
}
