import { earlierElsewhere, meanOf, type Pace } from './engine-pace.ts';

/** What became of an attempt at a trial: it counts, or its engine starved it or was lost, or its measurement is in doubt. */
export type Outcome = 'made' | 'starved' | 'doubted' | 'lost';

/** What a lab that is free is to do: make a trial, ask again later, or end. */
export type Next = { trial: number; attempt: number } | 'wait' | 'end';

/** How many attempts at a trial are lost with their engines until it is taken for what loses them. */
const MOST_LOSSES = 3;
/** Two starved trials in a row are the engine's, not chance: it rests for so many mean trials, and longer after each further one. */
const STARVED_IN_A_ROW = 2;
const LONGEST_REST = 8;

interface Engine extends Pace {
  /** Trials that were starved here, the latest in a row. */
  starved_in_a_row: number;
  rests_until_ms: number;
  starved: Set<number>;
}

interface Slot {
  engine: Engine;
  trial: number | undefined;
  begun_ms: number;
}

/**
 * Which trial is made where, over several engines: each lab that is free takes the next trial. What is starved or lost is made
 * again, where it can elsewhere. An engine that starves trials rests while others do not. At the end of a run nothing is begun
 * that others would have done before. Every moment is given: it knows no clock, no engine and no lab.
 */
export class TrialSchedule {
  readonly #engines = new Map<string, Engine>();
  readonly #slots = new Map<string, Slot>();
  readonly #pending: number[];
  /** By trial: how often it was starved. */
  readonly #repeats = new Map<number, number>();
  readonly #losses = new Map<number, number>();
  readonly #trials: number;
  #begun = 0;
  #stopped = false;

  /** @param first index of the first trial. */
  constructor(first: number, count: number) {
    this.#trials = count;
    this.#pending = Array.from({ length: count }, (_, at) => first + at);
  }

  /**
   * What a lab is to do that is free.
   * @param slot its name, for as long as it takes trials.
   * @param now_ms of any clock that does not go back.
   */
  next(engine_name: string, slot_name: string, now_ms: number): Next {
    const engine = this.#engine(engine_name);
    const slot = this.#slots.get(slot_name) ?? { engine, trial: undefined, begun_ms: 0 };
    this.#slots.set(slot_name, slot);
    engine.free.add(slot_name);
    if (this.#stopped) return 'end';
    if (this.#pending.length === 0) return this.#busy() ? 'wait' : 'end';
    if (this.#mustRest(engine, now_ms)) return 'wait';
    const others = this.#awake(now_ms).filter((other) => other !== engine);
    if (earlierElsewhere(engine, others, this.#pending.length, now_ms)) return 'wait';
    const at = Math.max(
      0,
      this.#pending.findIndex((trial) => !engine.starved.has(trial)),
    );
    const [trial] = this.#pending.splice(at, 1);
    slot.trial = trial!;
    slot.begun_ms = now_ms;
    engine.free.delete(slot_name);
    engine.busy.set(slot_name, now_ms);
    this.#begun += 1;
    return { trial: trial!, attempt: this.#repeats.get(trial!) ?? 0 };
  }

  /**
   * An attempt has ended.
   * @returns whether the trial is to be made again; what else came of it counts.
   */
  ended(slot_name: string, outcome: Outcome, now_ms: number): boolean {
    const slot = this.#slots.get(slot_name);
    const trial = slot?.trial;
    if (!slot || trial === undefined) throw new Error(`${slot_name} has no trial`);
    const { engine } = slot;
    slot.trial = undefined;
    engine.busy.delete(slot_name);
    if (outcome !== 'lost') engine.spent_ms += now_ms - slot.begun_ms;
    const again = this.#mayRepeat(trial, outcome);
    if (outcome === 'starved') this.#noteStarved(engine, trial, now_ms);
    else if (outcome === 'made') engine.starved_in_a_row = 0;
    if (outcome !== 'lost' && !again) engine.made += 1;
    if (again) this.#putBack(trial);
    return again;
  }

  /** A lab takes no trials for now: it is built anew, or its engine is lost. */
  away(slot_name: string): void {
    this.#slots.get(slot_name)?.engine.free.delete(slot_name);
  }

  /** No other trial is begun. */
  stop(): void {
    this.#stopped = true;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Whether there are trials that are not made, begun or not. */
  get unfinished(): boolean {
    return this.#pending.length > 0 || this.#busy();
  }

  #engine(name: string): Engine {
    const known = this.#engines.get(name);
    if (known) return known;
    const engine: Engine = {
      order: this.#engines.size,
      made: 0,
      spent_ms: 0,
      free: new Set(),
      busy: new Map(),
      starved_in_a_row: 0,
      rests_until_ms: -Infinity,
      starved: new Set(),
    };
    this.#engines.set(name, engine);
    return engine;
  }

  #busy(): boolean {
    return [...this.#engines.values()].some(({ busy }) => busy.size > 0);
  }

  /** Engines that take trials, or will when they have ended those that they make. */
  #awake(now_ms: number): Engine[] {
    return [...this.#engines.values()].filter(
      ({ free, busy, rests_until_ms }) => free.size + busy.size > 0 && rests_until_ms <= now_ms,
    );
  }

  /** While others do not: if all are busy elsewhere a trial that may be starved is better than none. */
  #mustRest(engine: Engine, now_ms: number): boolean {
    return engine.rests_until_ms > now_ms && this.#awake(now_ms).length > 0;
  }

  #noteStarved(engine: Engine, trial: number, now_ms: number): void {
    engine.starved.add(trial);
    engine.starved_in_a_row += 1;
    const more = engine.starved_in_a_row - STARVED_IN_A_ROW;
    if (more < 0) return;
    const mean_ms = meanOf([...this.#engines.values()]) ?? 0;
    engine.rests_until_ms = now_ms + Math.min(2 ** more, LONGEST_REST) * mean_ms;
  }

  #mayRepeat(trial: number, outcome: Outcome): boolean {
    if (outcome === 'made') return false;
    if (outcome === 'lost') {
      const losses = (this.#losses.get(trial) ?? 0) + 1;
      this.#losses.set(trial, losses);
      // It costs no repetition: nothing was seen of it.
      this.#begun -= 1;
      return losses < MOST_LOSSES;
    }
    // So that all trials have at least one attempt: as many repetitions as trials.
    const spare = 2 * this.#trials - this.#begun;
    if (spare < this.#pending.length + 1) return false;
    this.#repeats.set(trial, (this.#repeats.get(trial) ?? 0) + 1);
    return true;
  }

  #putBack(trial: number): void {
    const at = this.#pending.findIndex((other) => other > trial);
    this.#pending.splice(at === -1 ? this.#pending.length : at, 0, trial);
  }
}
