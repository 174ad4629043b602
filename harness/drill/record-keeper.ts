import type { KeepRecords, Verdict } from '../journal/journal.ts';

/** Unless the run is asked otherwise: those of the first 100 trials of each verdict, some GB at most. */
export const DEFAULT_KEEP_RECORDS: KeepRecords = 100;

/** Decides whose captures and probe records are kept. */
export class RecordKeeper {
  readonly #policy: KeepRecords;
  readonly #seen = new Map<Verdict, number>();

  constructor(policy: KeepRecords) {
    this.#policy = policy;
  }

  /** Whether those of the next trial are, whose verdict this is. */
  keeps(verdict: Verdict): boolean {
    const seen = (this.#seen.get(verdict) ?? 0) + 1;
    this.#seen.set(verdict, seen);
    if (this.#policy === 'all') return true;
    if (this.#policy === 'failed') return verdict !== 'pass';
    return seen <= this.#policy;
  }
}
