import type { Verdict } from '../journal/journal.ts';
import type { KeepRecords } from '../journal/run-command.ts';

/** Unless the run is asked otherwise: those of the first 100 trials of each verdict, some GB at most. */
export const DEFAULT_KEEP_RECORDS: KeepRecords = 100;

/** Decides whose captures and probe records are kept. */
export class RecordKeeper {
  readonly #policy: KeepRecords;
  readonly #seen = new Map<string, number>();

  constructor(policy: KeepRecords) {
    this.#policy = policy;
  }

  /**
   * Whether those of the next trial are, whose verdict this is.
   * @param again it will be made again: such trials must not take the place of those that count.
   */
  keeps(verdict: Verdict, again: boolean): boolean {
    const sort = again ? 'repeated' : verdict;
    const seen = (this.#seen.get(sort) ?? 0) + 1;
    this.#seen.set(sort, seen);
    if (this.#policy === 'all') return true;
    if (this.#policy === 'failed') return verdict !== 'pass';
    return seen <= this.#policy;
  }
}
