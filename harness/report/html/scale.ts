/** Values to places on a line. */
export interface Scale {
  low: number;
  high: number;
  /** The place of a value. */
  at(value: number): number;
  /** Round values between low and high, ascending. */
  ticks: number[];
}

/**
 * A linear scale.
 * @param values what must be on it; finite ones count.
 * @param from the place of the least, and `to` that of the largest.
 * @param wanted how many ticks there are, or so.
 * @param floor below this nothing can be: 0 where all values are at least that.
 */
export function linearScale(
  values: readonly number[],
  from: number,
  to: number,
  wanted = 6,
  floor?: number,
): Scale {
  const finite = values.filter(Number.isFinite);
  const least = Math.min(...finite, finite.length > 0 ? Infinity : 0);
  const most = Math.max(...finite, finite.length > 0 ? -Infinity : 1);
  const margin = most === least ? Math.abs(least) * 0.1 || 1 : (most - least) * 0.06;
  const low = Math.max(floor ?? (least >= 0 ? 0 : -Infinity), least - margin);
  const high = most + margin;
  return {
    low,
    high,
    at: (value) => from + ((value - low) / (high - low)) * (to - from),
    ticks: ticksOf(low, high, wanted),
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
