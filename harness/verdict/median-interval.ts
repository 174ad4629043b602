/** An interval in which the median lies with 95 % probability or more, and the median itself. */
export interface MedianInterval {
  n: number;
  median: number;
  /** Infinite where there are fewer than six values. */
  low: number;
  high: number;
}

/**
 * The median with its exact interval by order statistics, which holds however the values are spread (David and Nagaraja
 * 2003, 7.1).
 * @param values one at least; finite.
 */
export function medianInterval(values: readonly number[]): MedianInterval {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  const outside = valuesOutside(n);
  const middle = (n - 1) / 2;
  return {
    n,
    median: (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2,
    low: outside > 0 ? sorted[outside - 1]! : -Infinity,
    high: outside > 0 ? sorted[n - outside]! : Infinity,
  };
}

/** Which value from either end the interval begins with: 0 where even the extremes are too few. */
function valuesOutside(n: number): number {
  let chance = 0.5 ** n;
  let tail = 0;
  for (let k = 0; k < n; k += 1) {
    tail += chance;
    if (tail > 0.025) return k;
    chance *= (n - k) / (k + 1);
  }
  return 0;
}
