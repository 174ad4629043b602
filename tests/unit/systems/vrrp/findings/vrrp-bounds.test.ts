import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../../harness/ground/errors.ts';
import {
  abruptTakeoverBound,
  detectionBound,
  gracefulTakeoverBound,
  masterDownMs,
  skewMs,
} from '../../../../../harness/systems/vrrp/findings/vrrp-bounds.ts';

describe('abruptTakeoverBound', () => {
  it.each([
    [2000, 50, 2, 4.805, 6.805],
    [1000, 50, 2, 2.805, 3.805],
    [1000, 50, 3, 2.805, 3.805],
    [1000, 100, 2, 2.609, 3.609],
    [1000, 100, 3, 2.609, 3.609],
    [100, 50, 3, 0.28, 0.38],
    [10, 100, 3, 0.026, 0.036],
  ] as const)('advert %i ms, priority %i, v%i: %f to %f s', (advert_ms, priority, version, low, high) => {
    const bound = abruptTakeoverBound({ advert_ms, priority, version });
    expect(bound.low / 1000).toBeCloseTo(low, 3);
    expect(bound.high / 1000).toBeCloseTo(high, 3);
    expect(bound.high - bound.low).toBeCloseTo(advert_ms, 9);
  });

  it('says what it gives for a fault that came so long after the last advert', () => {
    const timers = { advert_ms: 1000, priority: 50, version: 3 } as const;
    expect(abruptTakeoverBound(timers, 250).at_phase).toBe(3554.6875);
    expect(abruptTakeoverBound(timers)).not.toHaveProperty('at_phase');
  });

  it('shows its arithmetic', () => {
    const from = (advert_ms: number, version: 2 | 3, more = {}) =>
      abruptTakeoverBound({ advert_ms, priority: 50, version, ...more }).from;
    expect(from(1000, 3)).toBe('VRRPv3: 3 x 1 s + 0.805 s - 1 s');
    expect(from(2000, 2)).toBe('VRRPv2: 3 x 2 s + 0.805 s - 2 s');
    expect(from(100, 3, { down_timer_adverts: 5 })).toBe('VRRPv3: 5 x 0.1 s + 0.08 s - 0.1 s');
  });

  it('counts as many adverts as it is told', () => {
    expect(masterDownMs({ advert_ms: 1000, priority: 50, version: 3, down_timer_adverts: 5 })).toBeCloseTo(
      5804.7,
      1,
    );
  });
});

it('scales the skew in v3, and not in v2', () => {
  expect(skewMs({ advert_ms: 2000, priority: 128, version: 2 })).toBe(500);
  expect(skewMs({ advert_ms: 2000, priority: 128, version: 3 })).toBe(1000);
  const graceful = gracefulTakeoverBound({ advert_ms: 2000, priority: 50, version: 2 });
  expect(graceful).toEqual({ low: 804.6875, high: 804.6875, from: 'VRRPv2: priority 0, then skew 0.805 s' });
});

it.each([
  { advert_ms: 1000, priority: 0, version: 3 as const },
  { advert_ms: 1000, priority: 256, version: 3 as const },
  { advert_ms: 1000, priority: 1.5, version: 3 as const },
  { advert_ms: 500, priority: 100, version: 2 as const },
  { advert_ms: 1500, priority: 100, version: 2 as const },
  { advert_ms: 5, priority: 100, version: 3 as const },
  { advert_ms: Number.NaN, priority: 100, version: 3 as const },
  { advert_ms: 1000, priority: 100, version: 3 as const, down_timer_adverts: 0 },
])('refuses %j', (timers) => {
  expect(() => abruptTakeoverBound(timers)).toThrow(InputError);
});

describe('detectionBound', () => {
  const timers = { advert_ms: 1000, priority: 50, version: 3 } as const;

  it('is Master_Down, and a tick of 10 ms, after an abrupt end', () => {
    expect(detectionBound(timers, 'abrupt')).toEqual({
      low: 3804.6875,
      high: 3814.6875,
      from: 'VRRPv3: 3 x 1 s + 0.805 s, + up to 0.01 s (its clock)',
    });
    expect(detectionBound({ ...timers, down_timer_adverts: 1 }, 'abrupt').low).toBe(1804.6875);
  });

  it('is the skew, and a tick, after a farewell', () => {
    expect(detectionBound(timers, 'graceful')).toEqual({
      low: 804.6875,
      high: 814.6875,
      from: 'VRRPv3: priority 0, then skew 0.805 s, + up to 0.01 s (its clock)',
    });
    expect(detectionBound({ advert_ms: 2000, priority: 50, version: 2 }, 'graceful').low).toBe(804.6875);
  });

  it('agrees with the takeover, which counts from the fault', () => {
    for (const advert_ms of [10, 100, 1000, 2000]) {
      const one = { ...timers, advert_ms };
      expect(detectionBound(one, 'abrupt').low).toBe(abruptTakeoverBound(one).high);
    }
  });

  it('refuses what is out of range', () => {
    expect(() => detectionBound({ ...timers, priority: 0 }, 'graceful')).toThrow(InputError);
  });
});
