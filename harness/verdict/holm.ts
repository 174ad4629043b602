/** Of several tests one shows something by chance: each p with Holm's correction (1979) over all of them. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((p, at) => ({ p, at })).toSorted((a, b) => a.p - b.p);
  const corrected: number[] = [...ps];
  let largest = 0;
  for (const [rank, { p, at }] of order.entries()) {
    largest = Math.max(largest, Math.min(1, p * (ps.length - rank)));
    corrected[at] = largest;
  }
  return corrected;
}
