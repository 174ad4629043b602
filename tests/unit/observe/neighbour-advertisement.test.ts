import { describe, expect, it } from 'vitest';
import { GarpCollector } from '../../../harness/observe/garps.ts';
import { neighbourAdvertisementOf } from '../../../harness/observe/neighbour-advertisement.ts';
import { ethernet, garpFrame } from './builder.ts';
import { frameOf } from './frames.ts';
import { icmp, ipv6, neighborFrame } from './message-builder.ts';

const MAC = '02:00:00:00:01:12';
const read = (bytes: number[]) => neighbourAdvertisementOf(frameOf(bytes));

describe('a neighbour advertisement', () => {
  it('as keepalived sends it: to all nodes, unasked, of a router, overriding', () => {
    expect(read(neighborFrame({ target: '2001:db8::1', target_mac: MAC, flags: 0xa0 }))).toMatchObject({
      target_ip: '2001:db8::1',
      target_mac: MAC,
      router: true,
      solicited: false,
      override: true,
      announces: true,
      source_mac: '02:00:00:00:00:11',
    });
  });

  it('without the option it speaks of the interface that sent it', () => {
    expect(read(neighborFrame({ target: 'fe80::1' }))?.target_mac).toBe('02:00:00:00:00:11');
  });

  it.each([
    ['an answer', { flags: 0x60, destination: 'fe80::10' }],
    ['an answer to one that is not known', { flags: 0x20, destination: 'fe80::10' }],
    ['one that replaces nothing', { flags: 0x80 }],
  ])('announces nothing: %s', (_what, options) => {
    expect(read(neighborFrame({ target_mac: MAC, ...options }))).toMatchObject({ announces: false });
  });

  it.each([
    ['one that came through a router', neighborFrame({ hop_limit: 254 })],
    ['one that is cut', neighborFrame({}).slice(0, -1)],
    ['another message', ethernet(0x86dd, ipv6(58, icmp(135, 0, Array(16).fill(0))))],
    ['another code', ethernet(0x86dd, ipv6(58, icmp(136, 1, Array(16).fill(0))))],
  ])('is not %s', (_what, bytes) => {
    expect(read(bytes)).toBeUndefined();
  });

  it('with an option without length is read all the same', () => {
    const bytes = ethernet(
      0x86dd,
      ipv6(58, [136, 0, 0, 0, 0x20, 0, 0, 0, ...Array(16).fill(1), ...Array(8).fill(0)], {
        destination: 'ff02::1',
      }),
    );
    expect(read(bytes)).toMatchObject({ announces: true });
  });
});

it('announcements of both families are gathered, in order of time', () => {
  const collector = new GarpCollector();
  collector.take(frameOf(neighborFrame({ target_mac: MAC }), 20));
  collector.take(frameOf(garpFrame(MAC, '198.18.1.1'), 10));
  collector.take(frameOf(neighborFrame({ target_mac: MAC, flags: 0x60, destination: 'fe80::10' }), 5));
  expect(collector.result()).toMatchObject([
    { at_ns: 10, family: 4, sender_mac: MAC, sender_ip: '198.18.1.1' },
    { at_ns: 20, family: 6, sender_mac: MAC, sender_ip: '2001:db8::1' },
  ]);
});
