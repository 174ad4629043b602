import { describe, expect, test } from 'vitest';
import { longestSendGapMs, sendJitterMs } from '../../../harness/outage/send-gaps.ts';

const sent = (...moments_ms: number[]) =>
  moments_ms.map((ms, seq) => ({ seq, sent_ns: ms * 1_000_000, echoed_ns: null, received_ns: null }));
/** On schedule, every 5 ms. */
const regular = (count: number, from_ms = 0) => Array.from({ length: count }, (_, i) => from_ms + 5 * i);

describe('longestSendGapMs', () => {
  const records = sent(...regular(20), 200, 205, 500);

  test('is what a pause was longer than the interval', () => {
    expect(longestSendGapMs(records, 5, 0, 300e6)).toBe(100);
  });

  test('looks at the window alone: its start is in it, its end is not', () => {
    expect(longestSendGapMs(records, 5, 0, 200e6)).toBe(0);
    expect(longestSendGapMs(records, 5, 95e6, 201e6)).toBe(100);
    expect(longestSendGapMs(records, 5, 96e6, 300e6)).toBe(0);
    expect(longestSendGapMs(records, 5, 0, 501e6)).toBe(290);
  });

  test('is 0 where nothing, or one request, was sent', () => {
    expect(longestSendGapMs([], 5, 0, 1e9)).toBe(0);
    expect(longestSendGapMs(sent(10), 5, 0, 1e9)).toBe(0);
  });
});

describe('sendJitterMs', () => {
  test('is how late the given share left, at most', () => {
    // Of 100 pauses the last ten are 7 ms long.
    const late = sent(...regular(91), ...Array.from({ length: 10 }, (_, i) => 450 + 7 * (i + 1)));
    expect(sendJitterMs(late, 5, 0.99)).toBeCloseTo(2);
    expect(sendJitterMs(late, 5, 0.5)).toBe(0);
    expect(sendJitterMs(late, 5, 1)).toBeCloseTo(2);
  });

  test('a catching up after a pause is not late', () => {
    expect(sendJitterMs(sent(0, 1, 2, 3), 5, 0.99)).toBe(0);
  });

  test('is 0 with fewer than two requests', () => {
    expect(sendJitterMs([], 5, 0.99)).toBe(0);
    expect(sendJitterMs(sent(3), 5, 0.99)).toBe(0);
  });
});
