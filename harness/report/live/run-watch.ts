import type { RunView, StageTime } from '../../drill/run-view.ts';
import type { Verdict } from '../../journal/journal.ts';

type Outcome = Verdict | 'again';

/** What a probe last said, and when, by the watch's clock. */
export interface Heard {
  name: string;
  trouble: string | undefined;
  at_ms: number;
}

/** What is being done. */
export interface Stage {
  what: string;
  since_ms: number;
  time: StageTime | undefined;
}

/** Keeps what a run says of itself while it is made, for a view that is drawn now and then. */
export class RunWatch implements RunView {
  readonly #drill: { readonly name: string };
  readonly #now: () => number;
  readonly #heard = new Map<string, Heard>();
  readonly #outcomes: Outcome[] = [];
  /** Of each attempt that is over, in ms. */
  readonly #lengths: number[] = [];
  #trial: { index: number; of: number; left: number; since_ms: number } | undefined;
  #stage: Stage;

  /**
   * @param drill whose name is shown, as it is when it is shown.
   * @param now in ms, never backwards.
   */
  constructor(drill: { readonly name: string }, now: () => number = () => performance.now()) {
    this.#drill = drill;
    this.#now = now;
    this.#stage = { what: 'looking up images', since_ms: now(), time: undefined };
  }

  trialBegins(index: number, of: number, left: number): void {
    this.#trial = { index, of, left, since_ms: this.#now() };
    this.#heard.clear();
  }

  trialEnds(outcome: Outcome): void {
    if (this.#trial) this.#lengths.push(this.#now() - this.#trial.since_ms);
    this.#outcomes.push(outcome);
    this.#heard.clear();
  }

  stage(what: string, time?: StageTime): void {
    this.#stage = { what, since_ms: this.#now(), time };
  }

  probe(name: string, trouble: string | undefined): void {
    this.#heard.set(name, { name, trouble, at_ms: this.#now() });
  }

  get drill(): string {
    return this.#drill.name;
  }

  get now_ms(): number {
    return this.#now();
  }

  get trial(): { index: number; of: number } | undefined {
    return this.#trial;
  }

  get current(): Stage {
    return this.#stage;
  }

  get heard(): readonly Heard[] {
    return [...this.#heard.values()];
  }

  /** How many trials ended how, in the order of their first. */
  get outcomes(): ReadonlyMap<Outcome, number> {
    const counts = new Map<Outcome, number>();
    for (const one of this.#outcomes) counts.set(one, (counts.get(one) ?? 0) + 1);
    return counts;
  }

  /** Time until the last trial is over, by the mean of those that are; undefined before the first is. */
  get left_ms(): number | undefined {
    if (!this.#trial || this.#lengths.length === 0) return undefined;
    const mean_ms = this.#lengths.reduce((sum, one) => sum + one, 0) / this.#lengths.length;
    return Math.max(0, mean_ms * this.#trial.left - (this.#now() - this.#trial.since_ms));
  }
}
