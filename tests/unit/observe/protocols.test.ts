import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arpOf } from '../../../harness/observe/arp.ts';
import { ethernetFrame, type Frame, sll2Frame, sourceMac } from '../../../harness/observe/frame.ts';
import { vrrpOf } from '../../../harness/observe/vrrp.ts';
import { advertFrame, arp, ethernet, garpFrame, ipv4, sll2, tcp, udp, vrrp } from './builder.ts';
import { ipv4Of, tcpOf, udpOf } from './readers.ts';

function frame(bytes: number[]): Frame {
  // Bytes around the frame must never be read.
  const surrounded = Uint8Array.from([...Array(7).fill(0xee), ...bytes, ...Array(9).fill(0xee)]);
  return ethernetFrame(42, surrounded, 7, 7 + bytes.length)!;
}

describe('frames', () => {
  it('reads Ethernet II', () => {
    const seen = frame(ethernet(0x0806, [1, 2], { source: '02:0a:00:00:00:ff' }));
    expect(seen).toMatchObject({ at_ns: 42, ethertype: 0x0806, vlan: undefined, direction: undefined });
    expect(sourceMac(seen)).toBe('02:0a:00:00:00:ff');
    expect([...seen.bytes.subarray(seen.payload_start, seen.end)]).toEqual([1, 2]);
  });

  it('looks through VLAN tags and keeps the outer id', () => {
    const seen = frame(ethernet(0x0800, ipv4(17, udp(1, 2, [3])), { vlans: [0x6064, 7] }));
    expect(seen).toMatchObject({ ethertype: 0x0800, vlan: 100 });
    expect(udpOf(seen)).toMatchObject({ source_port: 1, destination_port: 2 });
  });

  it('reads SLL2 with its interface and direction', () => {
    const bytes = Uint8Array.from(sll2(0x0800, ipv4(17, udp(1, 2, [])), '02:00:00:00:00:05', 9, 4));
    const seen = sll2Frame(1, bytes, 0, bytes.length)!;
    expect(seen).toMatchObject({ interface_index: 9, direction: 'out', ethertype: 0x0800 });
    expect(sourceMac(seen)).toBe('02:00:00:00:00:05');
    expect(udpOf(seen)).toMatchObject({ source: '198.18.0.11' });
    bytes[10] = 2;
    expect(sll2Frame(1, bytes, 0, bytes.length)?.direction).toBe('in');
  });
});

describe('IPv4', () => {
  it('skips header options and drops the padding of a short frame', () => {
    const packet = ipv4(17, udp(5, 6, [7, 8]), { options: [1, 1, 1, 0] });
    const seen = frame(ethernet(0x0800, [...packet, ...Array(20).fill(0)]));
    expect([...udpOf(seen)!.payload]).toEqual([7, 8]);
    const { payload_start, payload_end, payload_length } = ipv4Of(seen)!;
    expect([payload_end - payload_start, payload_length]).toEqual([10, 10]);
  });

  it('finds no ports in a later fragment', () => {
    expect(udpOf(frame(ethernet(0x0800, ipv4(17, udp(5, 6, []), { fragment_offset: 10 }))))).toBeUndefined();
    // "More fragments" alone: the first piece has its ports.
    expect(
      udpOf(frame(ethernet(0x0800, ipv4(17, udp(5, 6, []), { fragment_offset: 0x2000 })))),
    ).toBeDefined();
  });
});

describe('UDP and TCP', () => {
  it('reads a datagram', () => {
    const packet = ipv4(17, udp(40000, 7001, [1, 2, 3]), {
      source: '198.18.0.2',
      destination: '203.0.113.9',
    });
    const seen = udpOf(frame(ethernet(0x0800, packet)))!;
    expect(seen).toMatchObject({
      source: '198.18.0.2',
      destination: '203.0.113.9',
      source_port: 40000,
      destination_port: 7001,
    });
    expect([...seen.payload]).toEqual([1, 2, 3]);
  });

  it('reads a segment, its options apart from its payload, also when the snapshot cut it', () => {
    const packet = ipv4(6, tcp(0x18, 0xfffffff0, 7, Array(50).fill(1), [1, 1, 1, 0]));
    const want = {
      seq: 0xfffffff0,
      ack: 7,
      source_port: 4000,
      destination_port: 80,
      flags: { fin: false, syn: false, rst: false, psh: true, ack: true },
      payload_length: 50,
    };
    expect(tcpOf(frame(ethernet(0x0800, packet)))).toMatchObject(want);
    expect(tcpOf(frame(ethernet(0x0800, packet.slice(0, 44))))).toMatchObject(want);
    expect(udpOf(frame(ethernet(0x0800, packet)))).toBeUndefined();
  });

  it.each([
    [0x01, 'fin'],
    [0x02, 'syn'],
    [0x04, 'rst'],
  ] as const)('reads flag %i', (bits, name) => {
    const flags = tcpOf(frame(ethernet(0x0800, ipv4(6, tcp(bits, 1, 1, [])))))!.flags;
    expect(Object.entries(flags).filter(([, set]) => set)).toEqual([[name, true]]);
  });
});

describe('ARP', () => {
  it('tells requests, replies and announcements apart', () => {
    const ask = arpOf(frame(ethernet(0x0806, arp(1, '02:00:00:00:00:01', '198.18.0.2', '198.18.0.1'))));
    expect(ask).toMatchObject({ operation: 'request', gratuitous: false, sender_ip: '198.18.0.2' });
    const reply = arpOf(frame(ethernet(0x0806, arp(2, '02:00:00:00:00:01', '198.18.0.1', '198.18.0.2'))));
    expect(reply).toMatchObject({ operation: 'reply', gratuitous: false, target_ip: '198.18.0.2' });
    const garp = arpOf(frame(garpFrame('02:00:00:00:00:12', '198.18.0.1')));
    expect(garp).toMatchObject({ gratuitous: true, sender_mac: '02:00:00:00:00:12' });
  });

  it('reads nothing else', () => {
    const foreign = arp(1, '02:00:00:00:00:01', '198.18.0.2', '198.18.0.1').with(3, 0xdd);
    expect(arpOf(frame(ethernet(0x0806, foreign)))).toBeUndefined();
    expect(arpOf(frame(ethernet(0x0806, arp(3, '02:00:00:00:00:01', '0.0.0.0', '0.0.0.0'))))).toBeUndefined();
    expect(arpOf(frame(advertFrame({})))).toBeUndefined();
  });
});

describe('VRRP', () => {
  it('reads a v3 advert, its interval in centiseconds', () => {
    const addresses = ['198.18.0.1', '198.18.0.2'];
    expect(vrrpOf(frame(advertFrame({ vrid: 9, priority: 50, advert_int_ms: 100, addresses })))).toEqual({
      at_ns: 42,
      version: 3,
      family: 4,
      vrid: 9,
      priority: 50,
      advert_int_ms: 100,
      addresses,
      source: { ip: '198.18.0.11', mac: '02:00:00:00:00:11' },
      interface_index: undefined,
    });
  });

  it('reads a v2 advert, its interval in seconds, and not its authentication as addresses', () => {
    const seen = vrrpOf(frame(advertFrame({ version: 2, advert_int_ms: 2000, priority: 0 })));
    expect(seen).toMatchObject({ version: 2, advert_int_ms: 2000, priority: 0, addresses: ['198.18.0.1'] });
  });

  it('keeps the four reserved bits of v3 out of the interval', () => {
    const packet = vrrp({ advert_int_ms: 1000 });
    packet[4] = packet[4]! | 0xf0;
    expect(vrrpOf(frame(ethernet(0x0800, ipv4(112, packet))))?.advert_int_ms).toBe(1000);
  });

  it.each([
    ['an unknown version', vrrp({}).with(0, 0x41)],
    ['another type', vrrp({}).with(0, 0x32)],
    ['more addresses than bytes', vrrp({}).with(3, 2)],
    ['a cut header', vrrp({}).slice(0, 7)],
  ])('reads nothing out of %s', (_what, packet) => {
    expect(vrrpOf(frame(ethernet(0x0800, ipv4(112, packet))))).toBeUndefined();
  });
});

it('never throws, whatever the bytes of a frame', () => {
  const samples = [
    advertFrame({}),
    advertFrame({ version: 2 }),
    garpFrame('02:00:00:00:00:12', '198.18.0.1'),
    ethernet(0x0800, ipv4(6, tcp(2, 1, 1, [1], [1, 1, 1, 0]))),
    ethernet(0x0800, ipv4(17, udp(1, 2, [3])), { vlans: [1, 2] }),
  ];
  const mutated = fc
    .tuple(
      fc.constantFrom(...samples),
      fc.nat(80),
      fc.array(fc.tuple(fc.nat(79), fc.nat(255)), { maxLength: 6 }),
    )
    .map(([sample, cut, changes]) => {
      const bytes = sample.slice(0, cut);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      return bytes;
    });
  const random = fc.array(fc.nat(255), { maxLength: 80 });
  fc.assert(
    fc.property(fc.oneof(mutated, random), (list) => {
      const bytes = Uint8Array.from(list);
      for (const decode of [ethernetFrame, sll2Frame]) {
        const seen = decode(0, bytes, 0, bytes.length);
        if (!seen) continue;
        for (const parse of [ipv4Of, udpOf, tcpOf, arpOf, vrrpOf]) {
          expect(JSON.stringify(parse(seen)) ?? '').not.toMatch(/undefined|NaN/);
        }
      }
    }),
    { numRuns: 2000 },
  );
});
