import { type Next, TrialSchedule } from '../../harness/drill/trial-schedule.ts';
import { seededRandom } from '../../harness/ground/random.ts';

/** What a simulated engine is like. */
export interface SimulatedEngine {
  /** Of its trials; each lasts within 10 % of it. */
  takes_ms: number;
  /** Share of its trials that it starves. */
  starves: number;
  /** When it is lost, and when it is back: never, or at a time. */
  lost_ms: number;
  back_ms: number;
}

export interface Simulated {
  /** Indices that count, in the order in which they were made. */
  made: number[];
  /** How many were begun on each engine. */
  begun: number[];
  starved: number;
  lost: number;
  ended_ms: number;
  /** The shortest time in which anybody could have made them, with trials that can be divided, over the time that it took. */
  efficiency: number;
}

/** A lab that waits asks again after this long. */
const ASKS_EVERY_MS = 1000;

interface Event {
  at_ms: number;
  engine: number;
  /** Counted up whenever the engine is lost: what was to happen before is void. */
  life: number;
  what: 'ask' | 'end' | 'lose' | 'return';
}

/** Makes trials on engines that are not there, in simulated time. The same seed does the same. */
export function simulateFleet(engines: readonly SimulatedEngine[], trials: number, seed: number): Simulated {
  const random = seededRandom(seed);
  const schedule = new TrialSchedule(1, trials);
  const events = new Heap();
  const lives = engines.map(() => 0);
  const trial: (number | undefined)[] = engines.map(() => undefined);
  const seen: Simulated = {
    made: [],
    begun: engines.map(() => 0),
    starved: 0,
    lost: 0,
    ended_ms: 0,
    efficiency: 0,
  };
  for (const [engine, { lost_ms, back_ms }] of engines.entries()) {
    events.add({ at_ms: 0, engine, life: 0, what: 'ask' });
    if (lost_ms < Infinity) events.add({ at_ms: lost_ms, engine, life: -1, what: 'lose' });
    if (back_ms < Infinity) events.add({ at_ms: back_ms, engine, life: -1, what: 'return' });
  }
  const end = (engine: number, at_ms: number, outcome: 'made' | 'starved' | 'lost') => {
    const index = trial[engine]!;
    trial[engine] = undefined;
    if (outcome !== 'made') seen[outcome] += 1;
    if (schedule.ended(`slot ${engine}`, outcome, at_ms)) return;
    seen.made.push(index);
    seen.ended_ms = at_ms;
  };
  const ask = ({ engine, at_ms, life }: Event) => {
    const next: Next = schedule.next(`engine ${engine}`, `slot ${engine}`, at_ms);
    if (next === 'end') return;
    if (next === 'wait') return events.add({ at_ms: at_ms + ASKS_EVERY_MS, engine, life, what: 'ask' });
    trial[engine] = next.trial;
    seen.begun[engine]! += 1;
    const lasts_ms = engines[engine]!.takes_ms * (0.9 + 0.2 * random.unit());
    events.add({ at_ms: at_ms + lasts_ms, engine, life, what: 'end' });
  };
  for (let event = events.take(); event && schedule.unfinished; event = events.take()) {
    const { at_ms, engine, life, what } = event;
    if (what === 'lose') {
      lives[engine]! += 1;
      if (trial[engine] !== undefined) end(engine, at_ms, 'lost');
      schedule.away(`slot ${engine}`);
    } else if (what === 'return') events.add({ at_ms, engine, life: lives[engine]!, what: 'ask' });
    else if (life !== lives[engine]) continue;
    else if (what === 'ask') ask(event);
    else {
      end(engine, at_ms, random.unit() < engines[engine]!.starves ? 'starved' : 'made');
      events.add({ at_ms, engine, life, what: 'ask' });
    }
  }
  seen.efficiency = shortest(engines, trials) / seen.ended_ms;
  return seen;
}

/** When so many trials could be made at the earliest, if none was begun in vain but those that are starved. */
function shortest(engines: readonly SimulatedEngine[], trials: number): number {
  let [low, high] = [0, 1e12];
  for (let step = 0; step < 100; step += 1) {
    const until = (low + high) / 2;
    const made = engines.reduce((sum, { takes_ms, starves, lost_ms, back_ms }) => {
      const there_ms = Math.min(until, lost_ms) + Math.max(0, until - Math.max(lost_ms, back_ms));
      return sum + (there_ms * (1 - starves)) / takes_ms;
    }, 0);
    if (made < trials) low = until;
    else high = until;
  }
  return high;
}

/** Events by time; those of one moment as they were added. */
class Heap {
  readonly #events: (Event & { number: number })[] = [];
  #added = 0;

  add(event: Event): void {
    const added = { ...event, number: this.#added++ };
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (after(this.#events[middle]!, added)) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, added);
  }

  take(): Event | undefined {
    return this.#events.pop();
  }
}

function after(one: Event & { number: number }, other: Event & { number: number }): boolean {
  return one.at_ms > other.at_ms || (one.at_ms === other.at_ms && one.number > other.number);
}
