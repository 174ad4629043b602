import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../../harness/ground/errors.ts';
import {
  pacemakerIntervalMs,
  pacemakerTimeoutMs,
} from '../../../../../harness/systems/pacemaker/config/pacemaker-time.ts';
import {
  nodeRecoveryBound,
  type PacemakerOperation,
  resourceFailureBound,
  resourceRecoveryBound,
} from '../../../../../harness/systems/pacemaker/findings/pacemaker-bounds.ts';

/** What Pacemaker 3.0 made of each, by crm_simulate; 0 is none, undefined is not followed. */
const TIMES: [text: string, interval: number | undefined, timeout: number][] = [
  ['20', 20_000, 20_000],
  ['0', 0, 0],
  ['1s', 1000, 1000],
  ['1 sec', 1000, 1000],
  [' 500ms ', 500, 500],
  ['5msec', 5, 5],
  ['1500us', 1, 1],
  ['9999999us', 9999, 9999],
  ['5usec', 0, 0],
  ['1min', 60_000, 60_000],
  ['2m', 120_000, 120_000],
  ['5minutes', 300_000, 300_000],
  // Only the first amount counts.
  ['1m30s', 60_000, 60_000],
  ['5min 3s', 300_000, 300_000],
  ['1h', 3_600_000, 3_600_000],
  ['1hr', 3_600_000, 3_600_000],
  ['3.9s', 3000, 3000],
  ['5.s', 5000, 5000],
  ['.5', 0, 0],
  ['0.5s', 0, 0],
  ['+23s', 23_000, 23_000],
  ['22S', 22_000, 22_000],
  ['-5s', 0, 0],
  ['', 0, 0],
  ['1d', 0, 0],
  ['1e3', 0, 0],
  ['0x10', 0, 0],
  ['5;', 0, 0],
  ['1:30', 0, 0],
  ['INFINITY', 0, 0],
  ['99999999999', 4_294_967_295, 2_147_483_647],
  ['2147483648ms', 2_147_483_648, 2_147_483_647],
  // ISO 8601 is for intervals alone.
  ['PT1M30S', 90_000, 0],
  ['PT10S', 10_000, 0],
  ['PT10S garbage', 10_000, 0],
  ['pt5s', 0, 0],
  ['P1DT1H', undefined, 0],
  ['P2W', undefined, 0],
  ['P', undefined, 0],
];

describe('times of Pacemaker', () => {
  it.each(TIMES)('%j', (text, interval, timeout) => {
    if (interval === undefined) expect(() => pacemakerIntervalMs(text)).toThrow(/is not followed/);
    else expect(pacemakerIntervalMs(text) ?? 0).toBe(interval);
    expect(pacemakerTimeoutMs(text) ?? 0).toBe(timeout);
  });

  it('throw nothing but InputError, whatever the text', () => {
    const pieces = fc.constantFrom('P', 'T', '1', '90', 'M', 'S', 'ms', ' ', '.', 'min', 'D', 'W');
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (one) => {
        expect(pacemakerTimeoutMs(one) ?? 1).toBeGreaterThan(0);
        try {
          expect(pacemakerIntervalMs(one) ?? 0).toBeGreaterThanOrEqual(0);
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

  it.each<[string, Partial<PacemakerOperation>, number]>([
    ['an agent that knows at once', {}, 1000],
    ['a monitor of what runs', { role: 'Started' }, 1000],
    ['a delay beyond the interval', { start_delay: '1min' }, 60_000],
  ])('is noticed without its timeout by %s', (_, more, high) => {
    expect(resourceFailureBound([{ ...MONITOR, ...more }], { at_once: true }).high).toBe(high);
  });

  it.each(['often', '0', '', 'PT5S', '-1'])(
    'gives a monitor with the timeout %j the default of 20 s',
    (timeout) => {
      expect(resourceFailureBound([{ ...MONITOR, timeout }]).high).toBe(21_000);
    },
  );

  it('of a resource with roles is noticed by the monitor of either', () => {
    const roles = [
      { ...MONITOR, role: 'Promoted' },
      { ...MONITOR, interval: '2s', role: 'Unpromoted' },
      { ...MONITOR, interval: '50s', role: 'Started' },
      { ...MONITOR, interval: '60s', role: 'Stopped' },
    ];
    expect(resourceFailureBound(roles, { promotable: true }).high).toBe(7000);
    expect(resourceFailureBound(roles).high).toBe(55_000);
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
    [[{ ...MONITOR, enabled: '0' }]],
    [[{ ...MONITOR, interval: 'soon' }]],
    [[{ ...MONITOR, interval: 'P1D' }]],
    [[{ ...MONITOR, role: 'Stopped' }]],
    [[{ ...MONITOR, role: 'Promoted' }]],
    [[{ ...MONITOR, never: 'another has the same name and interval' }]],
    [[{ ...MONITOR, open: 'timeout by the rule in line 3 is not followed' }]],
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
