import { describe, expect, test } from 'vitest';
import { ForwardingCollector } from '../../../harness/observe/forwarding.ts';
import { ethernet, ipv4, tcp, udp } from './builder.ts';
import { frameOf } from './frames.ts';
import { ipv6 } from './message-builder.ts';

const PROBE = 7001;
const R1 = { inside: '02:00:00:00:11:01', outside: '02:00:00:00:11:02' };
const R2 = { inside: '02:00:00:00:12:01', outside: 'fe:ff:ff:ff:ff:fe' };
const CLIENT = '02:00:00:00:20:01';
const SINCE_NS = 1000;

const collector = () =>
  new ForwardingCollector({
    ports: [PROBE],
    macs: [...Object.values(R1), ...Object.values(R2)],
    since_ns: SINCE_NS,
  });
const frame = (at_ns: number, source: string, payload: number[], vlans: number[] = []) =>
  frameOf(ethernet(0x0800, payload, { source, vlans }), at_ns);
const request = (at_ns: number, source: string) => frame(at_ns, source, ipv4(17, udp(40_000, PROBE, [1, 2])));
const answer = (at_ns: number, source: string) => frame(at_ns, source, ipv4(17, udp(PROBE, 40_000, [1, 2])));

describe('ForwardingCollector', () => {
  test('knows the first request and the first answer of each router, over its interfaces', () => {
    const found = collector();
    for (const one of [
      request(1400, R2.outside),
      request(1200, R1.outside),
      answer(1500, R2.inside),
      answer(1600, R2.inside),
      request(1300, R1.inside),
      request(1450, R2.inside),
    ])
      found.take(one);
    expect(found.of(Object.values(R2))).toEqual({ request_ns: 1400, answer_ns: 1500 });
    expect(found.of(Object.values(R1))).toEqual({ request_ns: 1200, answer_ns: undefined });
    expect(found.of([R1.inside])).toEqual({ request_ns: 1300, answer_ns: undefined });
  });

  test('keeps the families apart: each is routed by a virtual router of its own', () => {
    const found = collector();
    const over6 = (at_ns: number, ports: [number, number], source: string) =>
      frameOf(ethernet(0x86dd, ipv6(17, udp(...ports, [1, 2])), { source }), at_ns);
    for (const one of [
      request(1400, R2.outside),
      over6(1600, [40_000, PROBE], R2.outside),
      over6(1700, [PROBE, 40_000], R2.inside),
    ])
      found.take(one);
    const all = Object.values(R2);
    expect(found.of(all)).toEqual({ request_ns: 1400, answer_ns: undefined });
    expect(found.of(all, -Infinity, 6)).toEqual({ request_ns: 1600, answer_ns: 1700 });
  });

  test('takes the earliest, in whatever order the segments are read', () => {
    const found = collector();
    found.take(answer(1700, R2.inside));
    found.take(answer(1100, R2.inside));
    expect(found.of([R2.inside]).answer_ns).toBe(1100);
  });

  test('what came before does not count, what came just then does', () => {
    const found = collector();
    found.take(request(SINCE_NS - 1, R2.outside));
    expect(found.of([R2.outside]).request_ns).toBeUndefined();
    found.take(request(SINCE_NS, R2.outside));
    expect(found.of([R2.outside]).request_ns).toBe(SINCE_NS);
  });

  test.each([
    ['another station', request(1100, CLIENT)],
    ['another port', frame(1100, R2.outside, ipv4(17, udp(40_000, 53, [1])))],
    ['another protocol', frame(1100, R2.outside, ipv4(6, tcp(16, 1, 1, [])))],
    ['a later fragment', frame(1100, R2.outside, ipv4(17, udp(40_000, PROBE, []), { fragment_offset: 9 }))],
    ['a header that is cut', frame(1100, R2.outside, ipv4(17, [0x9c, 0x40, 0x1b]))],
    ['ARP', frameOf(ethernet(0x0806, udp(40_000, PROBE, []), { source: R2.outside }), 1100)],
  ])('nothing is made of %s', (_, one) => {
    const found = collector();
    found.take(one);
    expect(found.of(Object.values(R2))).toEqual({ request_ns: undefined, answer_ns: undefined });
  });

  test('sees through IP options and VLAN tags', () => {
    const found = collector();
    found.take(frame(1100, R2.outside, ipv4(17, udp(40_000, PROBE, []), { options: [1, 1, 1, 1] }), [5, 6]));
    expect(found.of([R2.outside]).request_ns).toBe(1100);
  });

  test('knows MACs in capitals, and none that it was not asked for', () => {
    const found = collector();
    found.take(request(1100, R2.outside));
    expect(found.of([R2.outside.toUpperCase()]).request_ns).toBe(1100);
    expect(found.of([CLIENT])).toEqual({ request_ns: undefined, answer_ns: undefined });
    expect(found.of([])).toEqual({ request_ns: undefined, answer_ns: undefined });
  });
});
