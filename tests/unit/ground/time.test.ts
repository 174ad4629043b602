import { expect, test } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { parseDurationMs, rfc3339FromEpochNs } from '../../../harness/ground/time.ts';

test.each([
  ['5ms', 5],
  ['3s', 3000],
  ['1.5 s', 1500],
  ['2m', 120_000],
  ['1h', 3_600_000],
  [2, 2000],
  ['0.25', 250],
])('%j is %d ms', (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms);
});

test.each(['', '5 parsecs', '-3s', 'ms', '1,5s', '1e3'])('%j is not a duration', (text) => {
  expect(() => parseDurationMs(text)).toThrow(InputError);
});

test('a moment keeps its nanoseconds', () => {
  expect(rfc3339FromEpochNs(1_779_393_600_000_000_042n)).toBe('2026-05-21T20:00:00.000000042Z');
});
