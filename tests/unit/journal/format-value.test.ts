import { describe, expect, it } from 'vitest';
import { formatRange, formatValue, tellingExactness } from '../../../harness/journal/format-value.ts';

describe('formatValue', () => {
  it.each([
    ['udp.outage_ms', 0, '0 ms'],
    ['udp.outage_ms', 0.03, '0.03 ms'],
    ['udp.outage_ms', 5.04, '5.0 ms'],
    ['udp.outage_ms', 9.96, '10 ms'],
    ['udp.outage_ms', 999.4, '999 ms'],
    ['udp.outage_ms', 999.6, '1.00 s'],
    ['udp.outage_ms', 3804.6875, '3.80 s'],
    ['udp.outage_ms', 119_499, '119.50 s'],
    ['udp.outage_ms', 119_700, '2 min 0 s'],
    ['udp.outage_ms', 125_000, '2 min 5 s'],
    ['tcp.survived_ratio', 1, '100 %'],
    ['tcp.survived_ratio', 0.9999, '99.99 %'],
    ['tcp.survived_ratio', 0.8, '80 %'],
    ['tcp.survived_ratio', 0.29, '29 %'],
    ['tcp.survived_ratio', 0.99999999, '99.999999 %'],
    ['host.steal_ratio', 0.00046, '0.05 %'],
    ['host.steal_ratio', 0, '0 %'],
    ['tcp.sessions', 10_000, '10000'],
    ['dhcp.offers_per_discover', 1.3333, '1.33'],
  ])('%s %d: %s', (metric, value, text) => {
    expect(formatValue(metric, value)).toBe(text);
  });

  it('writes the value as it is when told to', () => {
    expect(formatValue('udp.outage_ms', 3804.6875, 2)).toBe('3804.6875 ms');
    expect(formatValue('tcp.survived_ratio', 0.123456, 2)).toBe('12.3456 %');
  });
});

describe('formatRange', () => {
  it.each([
    ['udp.outage_ms', 2804.6875, 3804.6875, '2.80-3.80 s'],
    ['udp.outage_ms', 810, 3804, '810 ms to 3.80 s'],
    ['udp.outage_ms', 810, 990, '810-990 ms'],
    ['udp.outage_ms', 3801, 3802, '3.80 s'],
    ['udp.outage_ms', 3800, 125_000, '3.80 s to 2 min 5 s'],
    ['tcp.survived_ratio', 0.8, 1, '80-100 %'],
    ['vip.owners_max', 1, 2, '1-2'],
  ])('%s %d to %d: %s', (metric, low, high, text) => {
    expect(formatRange(metric, low, high)).toBe(text);
  });
});

describe('tellingExactness', () => {
  it.each([
    [810, [3800], 0],
    [3804, [3801], 1],
    [3801.0002, [3801], 2],
    [50, [50], 0],
  ] as const)('%d next to %j: %d', (value, limits, exactness) => {
    expect(tellingExactness('udp.outage_ms', value, limits)).toBe(exactness);
  });
});
