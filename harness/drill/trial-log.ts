import path from 'node:path';
import { journalOfResults, judgeByExpectations } from '../analysis/assemble-journal.ts';
import { attemptFolder, RUN_FACTS_FILE } from '../analysis/rebuild-journal.ts';
import type { Environment } from '../journal/environment.ts';
import type { Journal, Trial } from '../journal/journal.ts';
import type { KeepRecords } from '../journal/run-command.ts';
import type { RunFacts } from '../journal/run-facts.ts';
import { readTrialResults, TRIAL_RESULT_SCHEMA, TRIAL_RESULTS_FILE } from '../journal/trial-results.ts';
import { RecordKeeper } from './record-keeper.ts';
import type { RunFolder } from './run-folder.ts';

/** The journal is written at the beginning, after each of so many attempts, and then whenever it would be longer by this share. */
const EACH_UP_TO = 20;
const GROWTH = 0.25;

/**
 * What came out of a run's trials. It is on disk, and not in memory: a trial costs the same whether it is the first or
 * the ten thousandth. The journal is written now and then, and at the end; until then `trials.jsonl` has it all.
 */
export class TrialLog {
  readonly #folder: RunFolder;
  #run: RunFacts;
  readonly #keeper: RecordKeeper;
  #made = 0;
  #begun = 0;
  #attempts = 0;
  #written = 0;

  constructor(folder: RunFolder, run: RunFacts, keep: KeepRecords) {
    this.#folder = folder;
    this.#run = run;
    this.#keeper = new RecordKeeper(keep);
    // Whatever becomes of the run, it is known how many trials were asked for.
    this.#writeAll();
  }

  /** Puts on record what the lab that is up consists of. @returns the facts of the run, which are whole now. */
  madeOn(environment: Environment): RunFacts {
    this.#run = { ...this.#run, environment };
    this.#writeAll();
    return this.#run;
  }

  /** What is known of the run by now. */
  get facts(): RunFacts {
    return this.#run;
  }

  /** Another attempt begins. @returns its number, from 1 on: its records go to `trial-<number>`. */
  begin(): number {
    this.#begun += 1;
    return this.#begun;
  }

  /** Attempts that have begun so far. */
  get begun(): number {
    return this.#begun;
  }

  /** Attempts that have ended so far. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Of these, the trials that count. */
  get made(): number {
    return this.#made;
  }

  /**
   * Notes what came out of an attempt.
   * @param attempt as `begin` has numbered it.
   * @param again it will be made again, and counts for nothing.
   * @returns the trial as the drill's expectations judge it.
   */
  add(attempt: number, trial: Trial, again: boolean): Trial {
    this.#attempts += 1;
    if (!again) this.#made += 1;
    const records = attemptFolder(attempt);
    const judged = judgeByExpectations(trial, this.#run);
    const kept = this.#keeper.keeps(judged.verdict, again);
    const where = kept ? { records } : { records_dropped: true as const };
    this.#folder.noteResult({
      schema: TRIAL_RESULT_SCHEMA,
      attempt,
      ...(again ? { repeated: true } : {}),
      trial: { ...trial, ...where },
    });
    if (!kept) this.#folder.removeRecords(records);
    if (this.#attempts <= EACH_UP_TO || this.#attempts >= this.#written * (1 + GROWTH)) this.#write();
    return { ...judged, ...where };
  }

  /** The journal of all trials so far. */
  journal(): Journal {
    return journalOfResults(this.#run, readTrialResults(path.join(this.#folder.path, TRIAL_RESULTS_FILE)));
  }

  /** Writes the journal if it lacks something: at the end, however the run ends. */
  catchUp(): void {
    if (this.#written === this.#attempts) return;
    this.#try(() => this.#write());
  }

  /** Puts on record why the other trials are not made. */
  endEarly(why: string): void {
    this.#run = { ...this.#run, ended_early: why };
    this.#try(() => this.#writeAll());
  }

  #writeAll(): void {
    this.#folder.writeJson(RUN_FACTS_FILE, this.#run);
    this.#write();
  }

  #write(): void {
    this.#folder.writeJournal(this.journal());
    this.#written = this.#attempts;
  }

  /** It can be made of the results at any time, and `hadrill report` does so; why the run ended matters more. */
  #try(write: () => void): void {
    try {
      write();
    } catch {
      // The folder has noticed (`lost`), and the run ends by that.
    }
  }
}
