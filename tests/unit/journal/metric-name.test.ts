import { expect, test } from 'vitest';
import { ofAnyFault, ofFault, parseMetricName } from '../../../harness/journal/metric-name.ts';

test.each([
  ['udp.outage_ms', undefined, 'udp', 'outage_ms'],
  ['fault2.udp.outage_ms', 2, 'udp', 'outage_ms'],
  ['fault12.vip.takeover_ms', 12, 'vip', 'takeover_ms'],
  ['fault2.outage_ms', 2, '', 'outage_ms'],
  ['fault.outage_ms', undefined, 'fault', 'outage_ms'],
  ['default2.x', undefined, 'default2', 'x'],
  ['outage_ms', undefined, '', 'outage_ms'],
  ['a.b.c', undefined, 'a', 'b.c'],
  ['line\nfeed.x', undefined, 'line\nfeed', 'x'],
  ['', undefined, '', ''],
])('%j', (name, fault, subject, measure) => {
  expect(parseMetricName(name)).toEqual({ fault, subject, measure });
});

test('of a later fault, and of any', () => {
  expect(ofFault(2, 'udp.outage_ms')).toBe('fault2.udp.outage_ms');
  expect(ofAnyFault('fault2.udp.outage_ms')).toBe('udp.outage_ms');
  expect(ofAnyFault('udp.outage_ms')).toBe('udp.outage_ms');
  expect(ofAnyFault('outage_ms')).toBe('outage_ms');
});
