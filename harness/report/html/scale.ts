/** Values to places on a line. */
export interface Scale {
  low: number;
  high: number;
  /** The place of a value. */
  at(value: number): number;
  /** Round values between low and high, ascending. */
  ticks: number[];
}

export interface ScaleOptions {
  /** How many ticks there are, or so. */
  ticks?: number;
  /** The least that the scale shows; 0 where all values are at least that. */
  least?: number;
  /** The most that it shows. */
  most?: number;
}

/**
 * A linear scale.
 * @param values what must be on it; finite ones count.
 * @param from the place of the least, and `to` that of the largest.
 */
export function linearScale(
  values: readonly number[],
  from: number,
  to: number,
  { ticks = 6, least: floor, most: ceiling = Infinity }: ScaleOptions = {},
): Scale {
  const finite = values.filter(Number.isFinite);
  const least = Math.min(...finite, finite.length > 0 ? Infinity : 0);
  const most = Math.max(...finite, finite.length > 0 ? -Infinity : 1);
  const margin = most === least ? Math.abs(least) * 0.1 || 1 : (most - least) * 0.06;
  const low = Math.max(floor ?? (least >= 0 ? 0 : -Infinity), least - margin);
  const high = Math.max(low + margin, Math.min(ceiling, most + margin));
  return {
    low,
    high,
    at: (value) => from + ((value - low) / (high - low)) * (to - from),
    ticks: ticksOf(low, high, ticks),
  };
}

/** Multiples of 1, 2 or 5 times a power of ten. */
function ticksOf(low: number, high: number, wanted: number): number[] {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}
