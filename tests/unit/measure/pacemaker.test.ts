import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import {
  nodeRecoveryBound,
  resourceFailureBound,
  resourceRecoveryBound,
} from '../../../harness/measure/pacemaker-bounds.ts';
import { pacemakerTimeMs } from '../../../harness/measure/pacemaker-time.ts';

describe('pacemakerTimeMs', () => {
  it.each([
    ['20', 20_000],
    ['0', 0],
    ['1s', 1000],
    ['1 sec', 1000],
    [' 500ms ', 500],
    ['5msec', 5],
    ['1500us', 1],
    ['1min', 60_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1hr', 3_600_000],
    ['3.9s', 3000],
    ['PT1M30S', 90_000],
    ['PT10S', 10_000],
    ['P1DT1H', 90_000_000],
    ['P2W', 1_209_600_000],
  ])('%j is %i ms', (text, ms) => {
    expect(pacemakerTimeMs(text)).toBe(ms);
  });

  it.each(['', 's', '-1s', '1 fortnight', 'P', 'PT', 'P1Y', 'P1DT', '1e3', '99999999999999999s', 'INFINITY'])(
    'refuses %j',
    (text) => {
      expect(() => pacemakerTimeMs(text)).toThrow(InputError);
    },
  );

  it('throws nothing but InputError, whatever the text', () => {
    const pieces = fc.constantFrom('P', 'T', '1', '90', 'M', 'S', 'ms', ' ', '.', 'min', 'D', 'W');
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (one) => {
        try {
          expect(pacemakerTimeMs(one)).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 500, endOnFailure: true },
    );
  });
});

const MONITOR = { name: 'monitor', interval: '1s', timeout: '5s' };

describe('a failed resource', () => {
  it('is noticed within interval + timeout', () => {
    expect(resourceFailureBound([{ name: 'start', timeout: '60s' }, MONITOR])).toEqual({
      low: 0,
      high: 6000,
      from: 'Pacemaker: monitor, up to interval 1 s + timeout 5 s',
    });
    expect(resourceFailureBound([{ name: 'monitor', interval: '30s' }]).high).toBe(50_000);
  });

  it('is noticed by the slowest of several monitors at the latest', () => {
    const deep = { name: 'monitor', interval: 'PT1M', timeout: '10s' };
    expect(resourceFailureBound([MONITOR, deep]).high).toBe(70_000);
  });

  it('is back after stop and start', () => {
    expect(resourceRecoveryBound([MONITOR], { stop_ms: 200, start_ms: 300 })).toEqual({
      low: 500,
      high: 6500,
      from: 'Pacemaker: monitor, up to interval 1 s + timeout 5 s; + stop 0.2 s + start 0.3 s',
    });
    expect(() => resourceRecoveryBound([MONITOR], { stop_ms: -1, start_ms: 0 })).toThrow(InputError);
  });

  it.each([
    [[]],
    [[{ name: 'start' }]],
    [[{ name: 'monitor', interval: '0' }]],
    [[{ name: 'monitor' }]],
    [[{ ...MONITOR, enabled: 'false' }]],
    [[{ ...MONITOR, interval: 'soon' }]],
  ])('cannot be promised to be noticed with %j', (operations) => {
    expect(() => resourceFailureBound(operations)).toThrow(InputError);
  });
});

it('starts what a lost node had after the membership’s time, and fencing', () => {
  const membership = { low: 2020, high: 2250, from: 'corosync: …' };
  expect(nodeRecoveryBound(membership, { start_ms: 500 })).toEqual({
    low: 2520,
    high: 2750,
    from: 'corosync: …; + start 0.5 s',
  });
  expect(nodeRecoveryBound(membership, { start_ms: 500, fence_ms: 4000 })).toEqual({
    low: 6520,
    high: 6750,
    from: 'corosync: …; + fencing 4 s + start 0.5 s',
  });
  expect(() => nodeRecoveryBound(membership, { start_ms: Number.NaN })).toThrow(InputError);
});
