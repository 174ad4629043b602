/** How closely a value is written: 0 for people, 1 with a digit more, 2 as it is. */
export type Exactness = 0 | 1 | 2;

/** A value of a metric with the unit that the metric's name ends in: `3.31 s`, `98.5 %`, `50`. */
export function formatValue(metric: string, value: number, exactness: Exactness = 0): string {
  if (metric.endsWith('_ms')) return formatTime(value, exactness);
  if (metric.endsWith('_ratio')) return formatShare(value, exactness);
  if (Number.isInteger(value) || exactness === 2) return String(value);
  return String(Number(value.toFixed(2 + exactness)));
}

/** `2.80-3.80 s`, `810 ms to 3.80 s`, or one value when both read the same. */
export function formatRange(metric: string, low: number, high: number, exactness: Exactness = 0): string {
  const [from, to] = [formatValue(metric, low, exactness), formatValue(metric, high, exactness)];
  if (from === to) return to;
  const [, number, unit] = /^(\S+)( ?\S*)$/.exec(from) ?? [];
  return unit !== undefined && new RegExp(`^\\S+${unit}$`).test(to) ? `${number}-${to}` : `${from} to ${to}`;
}

/**
 * The closeness at which `value` does not read like any of `limits`, so that a miss by a hair shows.
 */
export function tellingExactness(metric: string, value: number, limits: readonly number[]): Exactness {
  const differs = (exactness: Exactness) =>
    limits.every(
      (limit) =>
        limit === value || formatValue(metric, limit, exactness) !== formatValue(metric, value, exactness),
    );
  return ([0, 1] as const).find(differs) ?? 2;
}

function formatTime(ms: number, exactness: Exactness): string {
  if (ms === 0) return '0 ms';
  if (exactness === 2) return `${ms} ms`;
  const size = Math.abs(ms);
  // The limits are where rounding would carry into the next unit.
  if (size < 9.95) return `${notZero(ms, 1 + exactness)} ms`;
  if (size < 999.5) return `${ms.toFixed(exactness)} ms`;
  if (size < 119_500) return `${(ms / 1000).toFixed(2 + exactness)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.trunc(seconds / 60)} min ${Math.abs(seconds % 60)} s`;
}

function notZero(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? value.toPrecision(1) : text;
}

/** In percent; what is not all or nothing never reads like it. */
function formatShare(ratio: number, exactness: Exactness): string {
  const percent = Number((100 * ratio).toPrecision(12));
  if (exactness === 2) return `${percent} %`;
  for (let digits = 1 + exactness; digits < 6; digits++) {
    const rounded = Number(percent.toFixed(digits));
    if (rounded === percent || (rounded !== 0 && rounded !== 100)) return `${rounded} %`;
  }
  return `${percent} %`;
}
