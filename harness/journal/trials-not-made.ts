import type { Journal } from './journal.ts';

/** What `ended_early` says of a run that somebody stopped. */
export const INTERRUPTED = 'interrupted';

/** The first and the last of the trials that were asked for and are not on record; undefined when all are. */
export function trialsNotMade({
  trials_asked = 0,
  trials,
  shard,
}: Pick<Journal, 'trials_asked' | 'trials' | 'shard'>): { first: number; last: number } | undefined {
  if (trials_asked <= trials.length) return undefined;
  // Of a run that was merged, any may be missing.
  const made = new Set(trials.map(({ index }) => index));
  let first = shard?.first ?? 1;
  let last = first + trials_asked - 1;
  while (made.has(first)) first += 1;
  while (made.has(last) && last > first) last -= 1;
  return { first, last };
}
