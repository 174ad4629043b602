import { expect, test } from 'vitest';
import { sendGapMs, trueLength } from '../../../harness/calibration/assess-cut.ts';
import { pressureWithin, starvedBy } from '../../../harness/calibration/conditions.ts';
import type { PressureSample } from '../../../harness/journal/trial-facts.ts';
import { ns } from './instrument-data.ts';

const LIMITS = { send_gap_ms: 1, steal_ratio: 0.1 };

test('within the limits, the limit itself included: no reason', () => {
  expect(starvedBy({ send_gap_ms: 1, steal_ratio: 0.1 }, LIMITS)).toBeUndefined();
});

test('every limit that is exceeded is named, with what was seen', () => {
  const reason = starvedBy({ send_gap_ms: 4.5, steal_ratio: 0.25 }, LIMITS);
  expect(reason).toMatch(/^starved: .*schedule 4\.5 ms \(limit 1 ms\).*processors 25 % \(limit 10 %\)/);
});

test('what cannot be told is not within a limit', () => {
  expect(starvedBy({ send_gap_ms: Number.NaN, steal_ratio: 0 }, LIMITS)).toMatch(/^starved/);
});

test('a true length: from middle to middle of the calls, its error half of both', () => {
  const cut = { before_ns: ns(100), after_ns: ns(100.1) };
  const healed = { before_ns: ns(200), after_ns: ns(200.3) };
  const { true_ms, true_error_ms } = trueLength(cut, healed);
  expect(true_ms).toBeCloseTo(100.1, 9);
  expect(true_error_ms).toBeCloseTo(0.2, 9);
});

const sent = (...moments_ms: number[]) =>
  moments_ms.map((at_ms, seq) => ({ seq, sent_ns: ns(at_ms), echoed_ns: null, received_ns: null }));

test('a pause of the probe counts where it reaches into the time, though both its ends are outside', () => {
  const records = sent(0, 1, 2, 60, 61);
  expect(sendGapMs(records, ns(20), ns(40))).toBeCloseTo(57, 9);
  expect(sendGapMs(records, ns(0), ns(2))).toBe(0);
  expect(sendGapMs(records, ns(60.5), ns(70))).toBe(0);
  expect(sendGapMs([], 0, ns(1))).toBe(0);
});

test('pressure: share of stolen ticks and the longest oversleep of the samples that reach into the time', () => {
  const sample = (at_ms: number, user: number, steal: number, overslept_ms: number): PressureSample => ({
    at_ns: ns(at_ms),
    overslept_ns: ns(overslept_ms),
    ticks: { user, steal },
    waiting_us: null,
    running: 1,
  });
  const samples = [
    sample(0, 0, 0, 0),
    sample(250, 25, 25, 3),
    sample(500, 75, 25, 1),
    sample(750, 100, 50, 9),
  ];
  expect(pressureWithin(samples, ns(100), ns(200))).toEqual({ steal_ratio: 0.5, overslept_ms: 3 });
  expect(pressureWithin(samples, ns(300), ns(400))).toEqual({ steal_ratio: 0, overslept_ms: 1 });
  expect(pressureWithin(samples, ns(0), ns(800))).toEqual({ steal_ratio: 1 / 3, overslept_ms: 9 });
  expect(pressureWithin([], 0, 1)).toEqual({ steal_ratio: 0, overslept_ms: 0 });
});
