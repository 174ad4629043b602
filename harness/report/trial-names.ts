/** `trial 3`, `trials 1-3`, `trials 1, 2 and 5`; indexes in their order, one at least. */
export function trialNames(indexes: readonly number[]): string {
  const first = indexes[0]!;
  const last = indexes.at(-1)!;
  if (indexes.length === 1) return `trial ${first}`;
  if (indexes.length > 2 && last - first === indexes.length - 1) return `trials ${first}-${last}`;
  return `trials ${indexes.slice(0, -1).join(', ')} and ${last}`;
}
