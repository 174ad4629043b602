import { expect, test } from 'vitest';
import { TrialSchedule } from '../../../harness/drill/trial-schedule.ts';
import { seededRandom } from '../../../harness/ground/random.ts';
import { type SimulatedEngine, simulateFleet } from '../../support/fleet-simulation.ts';

const TRIAL_MS = 40_000;
const EACH = 20;
const STEADY: SimulatedEngine = { takes_ms: TRIAL_MS, starves: 0, lost_ms: Infinity, back_ms: Infinity };

/** One in ten is two to three times as slow, one in ten starves a third of its trials, one in ten is lost, for a while or for good. */
function fleet(count: number, seed: number): SimulatedEngine[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, at): SimulatedEngine => {
    const lost_ms = at % 10 === 1 ? TRIAL_MS * EACH * random.unit() : Infinity;
    return {
      takes_ms: at % 10 === 3 ? TRIAL_MS * (2 + random.unit()) : TRIAL_MS * (0.9 + 0.2 * random.unit()),
      starves: at % 10 === 5 ? 0.33 : 0.01,
      lost_ms,
      back_ms: random.unit() < 0.5 ? lost_ms + 5 * TRIAL_MS : Infinity,
    };
  });
}

test.each([2, 8, 64, 512])(
  '%i engines with 20 trials each: none is lost or doubled, little is waited',
  (count) => {
    const trials = EACH * count;
    // The largest takes seconds.
    for (const seed of count < 500 ? [1, 2, 3, 4, 5] : [1]) {
      const engines = fleet(count, seed);
      const { made, lost, starved, efficiency } = simulateFleet(engines, trials, seed);
      expect(made.toSorted((a, b) => a - b)).toEqual(Array.from({ length: trials }, (_, at) => at + 1));
      expect(lost).toBeGreaterThan(0);
      if (count > 5) expect(starved).toBeGreaterThan(0);
      expect(efficiency, `seed ${seed}`).toBeGreaterThan(0.9);
      expect(efficiency).toBeLessThanOrEqual(1.05);
    }
  },
);

test('an engine that starves its trials is given less than the others', () => {
  const { begun } = simulateFleet([STEADY, STEADY, { ...STEADY, starves: 0.9 }], 60, 1);
  expect(begun[2]!).toBeLessThan(begun[0]! / 2);
});

test('an engine that is alone makes everything, whatever it starves', () => {
  const { made } = simulateFleet([{ ...STEADY, starves: 0.9 }], 20, 1);
  expect(made.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
});

test('a slow engine does not begin the last trial when another would have it done before', () => {
  const schedule = new TrialSchedule(1, 4);
  expect(schedule.next('slow', 's', 0)).toEqual({ trial: 1, attempt: 0 });
  expect(schedule.next('fast', 'f', 0)).toEqual({ trial: 2, attempt: 0 });
  schedule.ended('f', 'made', 10_000);
  expect(schedule.next('fast', 'f', 10_000)).toEqual({ trial: 3, attempt: 0 });
  schedule.ended('s', 'made', 15_000);
  expect(schedule.next('slow', 's', 15_000)).toEqual({ trial: 4, attempt: 0 });
});

test('what was lost is made again by another, as the same attempt; what was starved as the next one', () => {
  const schedule = new TrialSchedule(6, 2);
  expect(schedule.next('a', 'a', 0)).toEqual({ trial: 6, attempt: 0 });
  expect(schedule.next('b', 'b', 0)).toEqual({ trial: 7, attempt: 0 });
  expect(schedule.ended('a', 'lost', 1000)).toBe(true);
  schedule.away('a');
  expect(schedule.ended('b', 'starved', 2000)).toBe(true);
  expect(schedule.next('b', 'b', 2000)).toEqual({ trial: 6, attempt: 0 });
  expect(schedule.ended('b', 'made', 3000)).toBe(false);
  expect(schedule.next('b', 'b', 3000)).toEqual({ trial: 7, attempt: 1 });
  expect(schedule.unfinished).toBe(true);
  expect(schedule.ended('b', 'made', 4000)).toBe(false);
  expect(schedule.next('b', 'b', 4000)).toBe('end');
  expect(schedule.unfinished).toBe(false);
});

test('a trial in doubt is made again, and is no reason to rest', () => {
  const schedule = new TrialSchedule(1, 4);
  schedule.next('b', 'b', 0);
  for (const attempt of [0, 1, 2]) {
    expect(schedule.next('a', 'a', attempt)).toEqual({ trial: 2, attempt });
    expect(schedule.ended('a', 'doubted', attempt)).toBe(true);
  }
});

test('there are at most as many repetitions as trials, and a first attempt for each', () => {
  const schedule = new TrialSchedule(1, 2);
  const again = [1, 2, 3, 4].map((at) => {
    schedule.next('a', 'a', at);
    return schedule.ended('a', 'starved', at);
  });
  expect(again).toEqual([true, true, false, false]);
  expect(schedule.unfinished).toBe(false);
});

test('a trial that is lost with three engines is not given to a fourth', () => {
  const schedule = new TrialSchedule(1, 1);
  for (const [engine, again] of [
    ['a', true],
    ['b', true],
    ['c', false],
  ] as const) {
    expect(schedule.next(engine, engine, 0)).toEqual({ trial: 1, attempt: 0 });
    expect(schedule.ended(engine, 'lost', 0)).toBe(again);
    schedule.away(engine);
  }
  expect(schedule.next('d', 'd', 0)).toBe('end');
});

test('a lab waits while a trial of another may come back, and ends when none can', () => {
  const schedule = new TrialSchedule(1, 1);
  expect(schedule.next('a', 'a', 0)).toEqual({ trial: 1, attempt: 0 });
  expect(schedule.next('b', 'b', 0)).toBe('wait');
  schedule.ended('a', 'made', 1000);
  expect(schedule.next('b', 'b', 1000)).toBe('end');
});

test('nothing is begun any more after a stop', () => {
  const schedule = new TrialSchedule(1, 5);
  schedule.stop();
  expect(schedule.next('a', 'a', 0)).toBe('end');
});
