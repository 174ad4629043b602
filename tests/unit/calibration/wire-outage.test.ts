import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { longestTurnAroundMs, wireOutage } from '../../../harness/outage/wire-outage.ts';
import { BOTH, type Direction, ns, wireWithCut } from './instrument-data.ts';

const TOTAL_MS = 400;
const slow = { flow: 'slow', interval_ms: 1, phase_ms: 0.3, turn_around_ms: 0.1 };
const fast = { flow: 'fast', interval_ms: 0.5, phase_ms: 0.05, turn_around_ms: 0.1 };
const DIRECTIONS: Record<string, Direction> = {
  both: BOTH,
  from: { towards: false, away: true },
  to: { towards: true, away: false },
};

describe.each(Object.entries(DIRECTIONS))('a cut of direction %s', (_, direction) => {
  test('its true length lies within the error, wherever it falls in the schedule', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 50, max: 60, noNaN: true }),
        fc.double({ min: 5, max: 300, noNaN: true }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        (from_ms, length_ms, phase_ms, turn_around_ms) => {
          const cut = { from_ms, to_ms: from_ms + length_ms };
          const requests = [
            ...wireWithCut({ ...slow, phase_ms, turn_around_ms }, cut, TOTAL_MS, direction),
            ...wireWithCut({ ...fast, turn_around_ms }, cut, TOTAL_MS, direction),
          ];
          const seen = wireOutage(requests, 0, ns(TOTAL_MS))!;
          expect(Math.abs(seen.outage_ms - length_ms)).toBeLessThanOrEqual(seen.outage_error_ms + 1e-5);
          expect(seen.outage_error_ms).toBeLessThanOrEqual(0.5 + turn_around_ms + 1e-5);
        },
      ),
    );
  });
});

test('a second flow makes it closer, never wider', () => {
  const cut = { from_ms: 50.2, to_ms: 150.9 };
  const one = wireOutage(wireWithCut(slow, cut, TOTAL_MS), 0, ns(TOTAL_MS))!;
  const both = [...wireWithCut(slow, cut, TOTAL_MS), ...wireWithCut(fast, cut, TOTAL_MS)];
  expect(wireOutage(both, 0, ns(TOTAL_MS))!.outage_error_ms).toBeLessThan(one.outage_error_ms);
});

test('the longest is taken, and only within the time asked for', () => {
  const requests = wireWithCut(slow, { from_ms: 50, to_ms: 80 }, TOTAL_MS);
  const other = wireWithCut(slow, { from_ms: 200, to_ms: 210 }, TOTAL_MS);
  const twice = requests.map((one, at) => (other[at]!.answered_ns === null ? other[at]! : one));
  expect(wireOutage(twice, 0, ns(TOTAL_MS))!.outage_ms).toBeCloseTo(30, 0);
  expect(wireOutage(twice, ns(100), ns(TOTAL_MS))!.outage_ms).toBeCloseTo(10, 0);
});

test('requests that were never sent widen the error: nothing was asked meanwhile', () => {
  const cut = { from_ms: 50, to_ms: 150 };
  const late = wireWithCut(slow, cut, TOTAL_MS).filter(({ at_ns }) => at_ns < ns(45) || at_ns > ns(55));
  const seen = wireOutage(late, 0, ns(TOTAL_MS))!;
  expect(seen.outage_error_ms).toBeGreaterThan(5);
  expect(Math.abs(seen.outage_ms - 100)).toBeLessThanOrEqual(seen.outage_error_ms);
});

test('flows that contradict each other: all that any of them allows', () => {
  const early = wireWithCut(slow, { from_ms: 50, to_ms: 150 }, TOTAL_MS);
  const later = wireWithCut(fast, { from_ms: 60, to_ms: 150 }, TOTAL_MS);
  const seen = wireOutage([...early, ...later], 0, ns(TOTAL_MS))!;
  expect(seen.start.from_ns).toBeLessThanOrEqual(ns(50));
  expect(seen.start.to_ns).toBeGreaterThanOrEqual(ns(60));
});

test('no outage that can be told: none, one request lost, no request, one end only, or one flow only', () => {
  const whole = { from_ms: 0, to_ms: 0 };
  const undisturbed = wireWithCut(slow, whole, TOTAL_MS);
  expect(wireOutage(undisturbed, 0, ns(TOTAL_MS))).toBeUndefined();
  expect(
    wireOutage(wireWithCut(slow, { from_ms: 50, to_ms: 50.9 }, TOTAL_MS), 0, ns(TOTAL_MS)),
  ).toBeUndefined();
  expect(wireOutage([], 0, ns(TOTAL_MS))).toBeUndefined();
  const open = wireWithCut(slow, { from_ms: 50, to_ms: TOTAL_MS + 1 }, TOTAL_MS);
  expect(wireOutage(open, 0, ns(TOTAL_MS))).toBeUndefined();
  const fastCut = wireWithCut(fast, { from_ms: 50, to_ms: 150 }, TOTAL_MS);
  expect(wireOutage([...undisturbed, ...fastCut], 0, ns(TOTAL_MS))).toBeUndefined();
});

test('turn-around: the longest of the time asked for; what was not answered has none', () => {
  const requests = [
    { flow: 'x', at_ns: ns(1), answered_ns: ns(1.2) },
    { flow: 'x', at_ns: ns(2), answered_ns: ns(4.5) },
    { flow: 'x', at_ns: ns(3), answered_ns: null },
    { flow: 'x', at_ns: ns(9), answered_ns: ns(19) },
  ];
  expect(longestTurnAroundMs(requests, 0, ns(5))).toBeCloseTo(2.5, 9);
  expect(longestTurnAroundMs(requests, 0, ns(2))).toBeCloseTo(0.2, 9);
  expect(longestTurnAroundMs(requests, ns(3), ns(4))).toBe(0);
});
