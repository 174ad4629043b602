import type { Verdict } from '../journal/journal.ts';

/** How long a stage takes from now on, or how long it may take at most, in ms. */
export type StageTime = { takes_ms: number } | { at_most_ms: number };

/**
 * Who watches a run while it is made. Each call returns at once and does not throw; nothing of the measurement depends on
 * it, and where nobody watches nothing is asked for its sake.
 */
export interface RunView {
  /** An attempt at a trial begins. `left`: how many trials there are still to be made, this one among them. */
  trialBegins(index: number, of: number, left: number): void;
  /** It is over; `again` where it will be repeated. */
  trialEnds(outcome: Verdict | 'again'): void;
  /** What is being done now, in words. */
  stage(what: string, time?: StageTime): void;
  /** What a probe finds wrong with the service; undefined when it is as it should be. */
  probe(name: string, trouble: string | undefined): void;
}
