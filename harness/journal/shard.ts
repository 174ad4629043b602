/** One of several parts of a run, each made by itself, perhaps on machines of their own. */
export interface Shard {
  /** From 1 on. */
  number: number;
  of: number;
}

/** The part of a run that a journal is of: trials `first` to `last` of `trials`. */
export interface ShardOfRun extends Shard {
  first: number;
  last: number;
  trials: number;
}

/**
 * A shard's block of the trials of a run; each trial is in one of them.
 * @returns undefined where there are fewer trials than shards, and this one has none.
 */
export function blockOf({ number, of }: Shard, trials: number): ShardOfRun | undefined {
  const first = Math.floor(((number - 1) * trials) / of) + 1;
  const last = Math.floor((number * trials) / of);
  return last < first ? undefined : { number, of, first, last, trials };
}
