import { formatValue } from '../../journal/format-value.ts';
import type { Journal } from '../../journal/journal.ts';
import { valuesOf } from '../../journal/trusted-trials.ts';
import { html, type Markup } from './markup.ts';
import type { Scale } from './scale.ts';

/** More than these would hide what they are beside. */
const MOST_DOTS = 500;

/** The values of a metric in the trials of a baseline whose numbers count, in the order of the trials. */
export function baselineValues(baseline: Journal | undefined, metric: string): number[] {
  return baseline
    ? valuesOf(baseline, metric)
        .slice(0, MOST_DOTS)
        .map(({ value }) => value)
    : [];
}

/**
 * Hollow dots, from the first trial on top to the last, however many there are: points with round ends, drawn thick and then
 * thinner in the colour of the page.
 * @param height in which they are spread.
 */
export function baselineDots(
  metric: string,
  values: readonly number[],
  scale: Scale,
  height: number,
): Markup | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const [least, most] = [sorted[0]!, sorted.at(-1)!].map((value) => formatValue(metric, value));
  const points = values.map((value, at) => {
    const y = 4 + ((at + 0.5) * height) / values.length;
    return html`M${Math.round(scale.at(value))} ${Math.round(y)}h0`;
  });
  return html`<g class="baseline"><title>baseline, ${values.length} trials: ${least} to ${most}</title><path d="${points}"/><path class="inside" d="${points}"/></g>`;
}
