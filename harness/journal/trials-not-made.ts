import type { Journal } from './journal.ts';

/** What `ended_early` says of a run that somebody stopped. */
export const INTERRUPTED = 'interrupted';

/** The first and the last of the trials that were asked for and are not on record; undefined when all are. */
export function trialsNotMade({
  trials_asked = 0,
  trials,
}: Pick<Journal, 'trials_asked' | 'trials'>): { first: number; last: number } | undefined {
  return trials_asked > trials.length ? { first: trials.length + 1, last: trials_asked } : undefined;
}
