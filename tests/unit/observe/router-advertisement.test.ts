import { expect, test } from 'vitest';
import {
  RouterAdvertisementCollector,
  routerAdvertisementOf,
} from '../../../harness/observe/router-advertisement.ts';
import { ethernet, u16 } from './builder.ts';
import { frameOf } from './frames.ts';
import { ipv6 } from './message-builder.ts';

const MAC = '02:00:00:00:01:12';
const message = (lifetime_s: number, type = 134, code = 0) => [
  ...[type, code, 0, 0, 64, 0, ...u16(lifetime_s)],
  ...Array(8).fill(0),
];
const frame = (payload: number[], hop_limit = 255, at_ns = 0) => {
  const packet = ipv6(58, payload, { source: 'fe80::1', destination: 'ff02::1', hop_limit });
  return frameOf(ethernet(0x86dd, packet, { source: MAC }), at_ns);
};

test('a router advertisement has its source and its lifetime', () => {
  expect(routerAdvertisementOf(frame(message(1800)))).toEqual({
    at_ns: 0,
    source_ip: 'fe80::1',
    source_mac: MAC,
    lifetime_s: 1800,
  });
});

test.each([
  ['another message', frame(message(1800, 135))],
  ['another code', frame(message(1800, 134, 1))],
  ['one that came through a router', frame(message(1800), 64)],
  ['one that is cut', frame(message(1800).slice(0, 12))],
])('is not %s', (_what, one) => {
  expect(routerAdvertisementOf(one)).toBeUndefined();
});

test('they are gathered in order of time', () => {
  const collector = new RouterAdvertisementCollector();
  for (const at_ns of [20, 10]) collector.take(frame(message(at_ns), 255, at_ns));
  collector.take(frame(message(1, 133), 255, 5));
  expect(collector.result().map(({ lifetime_s }) => lifetime_s)).toEqual([10, 20]);
});
