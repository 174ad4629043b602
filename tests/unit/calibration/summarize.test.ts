import { expect, test } from 'vitest';
import type { CutResult, NullRun } from '../../../harness/calibration/calibration.ts';
import { errorSummary, summarizeCalibration } from '../../../harness/calibration/summarize.ts';

const QUIET: NullRun = {
  duration_ms: 60_000,
  outages: 0,
  sent: 60_000,
  lost: 0,
  sessions: 50,
  resets: 0,
  dead: 0,
  accepted: true,
};

function cut(probe_error_ms: number, observer_error_ms = 0, accepted = true): CutResult {
  const reading = (error_ms: number) => ({ outage_ms: 100 + error_ms, outage_error_ms: 1, error_ms });
  return {
    index: 1,
    kind: 'frames',
    direction: 'both',
    asked_ms: 100,
    true_ms: 100,
    true_error_ms: 0.01,
    probe: { ...reading(probe_error_ms), loss_derived_ms: 100 },
    observer: reading(observer_error_ms),
    accepted,
    conditions: { true_error_ms: 0.01, send_gap_ms: 0, turn_around_ms: 0, steal_ratio: 0, overslept_ms: 0 },
  };
}

function cuts(count: number, probe_error_ms = 0.4, observer_error_ms = 0.2): CutResult[] {
  return Array.from({ length: count }, () => cut(probe_error_ms, observer_error_ms));
}

test('errors: size by the absolute value, bias by the signed one', () => {
  expect(errorSummary([-1, -0.5, 0.5, -2])).toEqual({
    p50_abs_error_ms: 0.75,
    p99_abs_error_ms: expect.closeTo(1.97, 9),
    max_abs_error_ms: 2,
    bias_ms: -0.75,
  });
  expect(errorSummary([])).toBeNull();
});

test('a good instrument on a machine that let it run passes', () => {
  const summary = summarizeCalibration(48, cuts(48), QUIET);
  expect(summary).toMatchObject({ verdict: 'pass', accepted: 48, accepted_ratio: 1, reasons: [] });
});

test.each([
  { what: 'the probe reads 3 ms too much', made: cuts(48, 3, 0), says: /probe's error is up to 3\.00 ms/ },
  { what: 'the probe reads 3 ms too little', made: cuts(48, -3, 0), says: /probe's error/ },
  { what: 'the observer is off by 1.5 ms', made: cuts(48, 0, -1.5), says: /observer's error/ },
  {
    what: 'one cut of 48 was not seen',
    made: [...cuts(47), cut(-100, -100)],
    says: /probe's error.*observer's error/,
  },
])('a wrong instrument fails: $what', ({ made, says }) => {
  const summary = summarizeCalibration(48, made, QUIET);
  expect(summary.verdict).toBe('fail');
  expect(summary.reasons.join()).toMatch(says);
});

test.each([{ outages: 1 }, { resets: 1 }, { dead: 1 }])('%o where nothing was cut fails', (seen) => {
  expect(summarizeCalibration(48, cuts(48), { ...QUIET, ...seen }).verdict).toBe('fail');
});

test('errors of cuts that are not accepted do not count, neither way', () => {
  const spoiled = cut(50, 50, false);
  const summary = summarizeCalibration(48, [...cuts(48), spoiled], QUIET);
  expect(summary).toMatchObject({ verdict: 'pass', cuts: 49, accepted: 48 });
  expect(summary.probe!.max_abs_error_ms).toBeCloseTo(0.4, 9);
});

test('40 accepted are enough of 48, 39 are unknown; of 8, 8 are needed', () => {
  expect(summarizeCalibration(48, cuts(40), QUIET).verdict).toBe('pass');
  expect(summarizeCalibration(48, cuts(39), QUIET)).toMatchObject({
    verdict: 'unknown',
    reasons: [expect.stringMatching(/^starved: only 39 .* of 40 needed/)],
  });
  expect(summarizeCalibration(8, cuts(8), QUIET).verdict).toBe('pass');
  expect(summarizeCalibration(8, cuts(7), QUIET).verdict).toBe('unknown');
});

test('too few cuts are unknown even when those few are wrong, and so is a starved run without cuts', () => {
  expect(summarizeCalibration(48, cuts(10, 5), QUIET).verdict).toBe('unknown');
  const starved = { ...QUIET, accepted: false, reason: 'starved: steal', outages: 2 };
  expect(summarizeCalibration(48, cuts(48), starved)).toMatchObject({
    verdict: 'unknown',
    reasons: ['the run without cuts: starved: steal'],
  });
});

test('no cut accepted: nothing is said of the errors', () => {
  const summary = summarizeCalibration(8, [cut(0, 0, false)], QUIET);
  expect(summary).toMatchObject({ probe: null, observer: null, verdict: 'unknown', accepted_ratio: 0 });
});
