import type { LabTime } from '../../../ground/time.ts';

const SECOND_NS = 1_000_000_000;

/** How many of the moments lie in [from_ns, to_ns), per second; undefined for an empty stretch of time. */
export function meanRate(
  moments_ns: readonly LabTime[],
  from_ns: LabTime,
  to_ns: LabTime,
): number | undefined {
  if (to_ns <= from_ns) return undefined;
  const inside = moments_ns.filter((at) => at >= from_ns && at < to_ns);
  return (inside.length * SECOND_NS) / (to_ns - from_ns);
}

/**
 * The fewest of the moments in any one second that lies within [from_ns, to_ns]; undefined when that is shorter.
 * @param moments_ns in any order.
 */
export function lowestRate(
  moments_ns: readonly LabTime[],
  from_ns: LabTime,
  to_ns: LabTime,
): number | undefined {
  if (to_ns - from_ns < SECOND_NS) return undefined;
  const inside = moments_ns.filter((at) => at > from_ns && at <= to_ns).toSorted((a, b) => a - b);
  // The fewest are in a second that begins right after a moment (or at the start): one that begins later has no fewer.
  const starts = [from_ns, ...inside].filter((at) => at + SECOND_NS <= to_ns);
  let lowest = Infinity;
  let end = 0;
  for (const [index, start] of starts.entries()) {
    while (end < inside.length && inside[end]! <= start + SECOND_NS) end += 1;
    // Of `inside`, those up to `start` are the `index` first; equal ones are counted by the last of them.
    lowest = Math.min(lowest, end - index);
  }
  return lowest;
}
