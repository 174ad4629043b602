/**
 * The index of the last item whose key is not above `wanted`, of items in rising order of their keys; -1 when there is
 * none. By halving: for places in files with very many lines.
 */
export function lastAtOrBefore<T>(items: readonly T[], wanted: number, keyOf: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keyOf(items[middle]!) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
