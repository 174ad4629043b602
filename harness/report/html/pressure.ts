import { msFromNs } from '../../ground/time.ts';
import { formatValue } from '../../journal/format-value.ts';
import type { PressureSample } from '../../journal/trial-facts.ts';
import type { TrialEvidence } from '../evidence.ts';
import { LANES_LEFT, LANES_RIGHT, LANES_WIDTH } from './lanes.ts';
import { html, type Markup } from './markup.ts';
import type { Scale } from './scale.ts';

const HEIGHT = 44;

interface Point {
  at_ms: number;
  value: number;
}

/** How busy the machine was, on the axis of the lanes; undefined where it was not noted. */
export function pressureCurves(
  { windows, pressure }: TrialEvidence,
  { at, low, high }: Scale,
): Markup | undefined {
  if (!windows || pressure.length < 2) return undefined;
  const times = pressure.map(({ at_ns }) => msFromNs(at_ns - windows.fault_ns));
  const inside = (points: readonly Point[]) => points.filter(({ at_ms }) => at_ms >= low && at_ms <= high);
  const curves = [
    { name: 'stolen', metric: '_ratio', most: 1, points: inside(shares(pressure, times, stolen)) },
    { name: 'waiting', metric: '_ratio', most: 1, points: inside(shares(pressure, times, waiting)) },
    {
      name: 'run queue',
      metric: '',
      most: Math.max(4, ...pressure.map(({ running }) => running)),
      points: inside(pressure.map(({ running }, index) => ({ at_ms: times[index]!, value: running }))),
    },
  ].filter(({ points }) => points.length > 0);
  if (curves.length === 0) return undefined;
  return html`<svg class="lanes pressure" viewBox="0 0 ${LANES_WIDTH} ${curves.length * HEIGHT}" role="img" aria-label="How busy the machine was: ${curves.map(({ name, metric, points }) => `${name} at most ${formatValue(metric, mostOf(points))}`).join(', ')}">
${curves.map((curve, index) => curveOf(curve, index * HEIGHT, at))}
</svg>`;
}

function curveOf(
  { name, metric, most, points }: { name: string; metric: string; most: number; points: readonly Point[] },
  y: number,
  at: Scale['at'],
): Markup {
  const base = y + HEIGHT - 6;
  const heightOf = (value: number) => (Math.min(value, most) / most) * (HEIGHT - 14);
  const first = points[0]!;
  const steps = points
    .map(({ at_ms, value }) => ({ x: Math.round(at(at_ms)), y: Math.round(base - heightOf(value)) }))
    // A step only where the height is another; and the end.
    .flatMap((step, index, all) =>
      step.y === all[index - 1]?.y && index < all.length - 1 ? [] : `H${step.x}V${step.y}`,
    );
  return html`<text class="lane-name" x="${LANES_LEFT - 8}" y="${y + 20}" text-anchor="end">${name}</text>
<text class="lane-name small" x="${LANES_LEFT - 8}" y="${y + 34}" text-anchor="end">at most ${formatValue(metric, mostOf(points))}</text>
<line class="lane-line" x1="${LANES_LEFT}" x2="${LANES_RIGHT}" y1="${base}" y2="${base}"/>
<path class="curve" d="M${at(first.at_ms)} ${base - heightOf(first.value)}${steps.join('')}"/>`;
}

/** Of what is counted since boot: the share of the time between two samples, at the later of them. */
function shares(
  samples: readonly PressureSample[],
  times: readonly number[],
  between: (a: PressureSample, b: PressureSample) => number | undefined,
): Point[] {
  return samples.flatMap((sample, index) => {
    const before = samples[index - 1];
    const value = before && between(before, sample);
    return value === undefined || !Number.isFinite(value) ? [] : [{ at_ms: times[index]!, value }];
  });
}

/** The share of the processors' time that the hypervisor took. */
function stolen(a: PressureSample, b: PressureSample): number | undefined {
  const total = (ticks: Record<string, number>) =>
    Object.values(ticks).reduce((sum, value) => sum + value, 0);
  const all = total(b.ticks) - total(a.ticks);
  return all > 0 ? ((b.ticks.steal ?? 0) - (a.ticks.steal ?? 0)) / all : undefined;
}

/** The share of the time in which some process waited for a processor. */
function waiting(a: PressureSample, b: PressureSample): number | undefined {
  if (a.waiting_us === null || b.waiting_us === null) return undefined;
  // The two clocks are not read at once.
  return Math.min(1, (b.waiting_us - a.waiting_us) / 1000 / msFromNs(b.at_ns - a.at_ns));
}

function mostOf(points: readonly Point[]): number {
  return points.reduce((most, { value }) => Math.max(most, value), 0);
}
