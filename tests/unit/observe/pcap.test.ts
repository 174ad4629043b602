import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { framesOf } from '../../../harness/observe/frame.ts';
import { labClock, openPcap } from '../../../harness/observe/pcap.ts';
import { capture } from './builder.ts';
import { epochNsOf, pcapPackets } from './readers.ts';

const AT = 1_700_000_000_123_456_789n;
const fixture = new URL('../../fixtures/vrrp-takeover.pcap', import.meta.url);

describe('openPcap', () => {
  for (const little_endian of [true, false]) {
    for (const nanosecond of [true, false]) {
      it(`reads ${little_endian ? 'little' : 'big'} endian ${nanosecond ? 'ns' : 'µs'} files`, () => {
        const at_ns = nanosecond ? AT : AT - 789n;
        const pcap = openPcap(
          capture(
            [
              { at_ns, bytes: [1, 2, 3] },
              { at_ns: at_ns + 5_000_000_000n, bytes: [4] },
            ],
            { little_endian, nanosecond },
          ),
        );
        const packets = [...pcapPackets(pcap)];
        expect(pcap).toMatchObject({ packets: 2, truncated: false, link_type: 'ethernet' });
        expect(packets.map(epochNsOf)).toEqual([at_ns, at_ns + 5_000_000_000n]);
        expect(packets.map(({ start, end }) => [...pcap.bytes.subarray(start, end)])).toEqual([
          [1, 2, 3],
          [4],
        ]);
        expect(packets.map(labClock(at_ns - 7n))).toEqual([7, 5_000_000_007]);
      });
    }
  }

  it('gives moments before the epoch as negative', () => {
    const pcap = openPcap(capture([{ at_ns: AT, bytes: [] }]));
    expect([...pcapPackets(pcap)].map(labClock(AT + 2_000_000_001n))).toEqual([-2_000_000_001]);
  });

  it('gives the packets before a cut last one, wherever it is cut', () => {
    const whole = capture([
      { at_ns: AT, bytes: [1, 2, 3] },
      { at_ns: AT, bytes: [4, 5] },
    ]);
    const first_end = 24 + 16 + 3;
    for (let length = 24; length <= whole.length; length += 1) {
      const pcap = openPcap(whole.subarray(0, length));
      const packets = length === whole.length ? 2 : length >= first_end ? 1 : 0;
      expect(pcap.packets).toBe(packets);
      expect([...pcapPackets(pcap)]).toHaveLength(packets);
      expect(pcap.truncated).toBe(![24, first_end, whole.length].includes(length));
    }
  });

  it.each([
    ['nothing', [], /only 0/],
    ['text', [...Buffer.from('tcpdump: eth0: No such device')], /offset 0: no pcap file but 0x74637064/],
    ['a cut header', capture([]).slice(0, 23), /24 bytes, only 23/],
    ['a cut magic number', [0xd4, 0xc3, 0xb2], /24 bytes, only 3/],
    ['gzip', gzipSync(capture([])), /offset 0: no pcap file but gzip/],
    ['a short text', [...Buffer.from('error\n')], /offset 0: no pcap file but 0x6572726f/],
    [
      'more bytes than the packet had',
      capture([{ at_ns: AT, bytes: [1, 2] }]).with(24 + 8, 3),
      /offset 24: .*3 bytes captured of 2/,
    ],
    ['pcapng', [0x0a, 0x0d, 0x0d, 0x0a, ...Array(30).fill(0)], /offset 0: .*pcapng/],
    ['another link type', capture([]).with(20, 113), /offset 20: link type 113/],
    ['another version', capture([]).with(4, 3), /offset 4: pcap version 3/],
    [
      'an absurd length',
      capture([{ at_ns: AT, bytes: [1] }]).with(24 + 11, 0x7f),
      /offset 24: no header of packet 1/,
    ],
    ['an absurd time', capture([{ at_ns: AT, bytes: [1] }]).with(24 + 7, 0xff), /offset 24: .*fraction/],
  ])('refuses %s', (_what, bytes, message) => {
    const open = () => openPcap(Uint8Array.from(bytes), 'x.pcap');
    expect(open).toThrow(InputError);
    expect(open).toThrow(message);
    expect(open).toThrow(/^x\.pcap: /);
  });

  it('names a remedy that fits', () => {
    const remedy = (bytes: Uint8Array) => {
      try {
        openPcap(bytes);
      } catch (error) {
        if (error instanceof InputError) return error.remedy;
      }
      return undefined;
    };
    expect(remedy(gzipSync('x'))).toMatch(/gunzip/);
    expect(remedy(Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a))).toMatch(/tcpdump -w/);
    expect(remedy(new Uint8Array())).toMatch(/capture again/);
  });

  it('takes a header without packets for a capture of nothing', () => {
    expect(openPcap(capture([]))).toMatchObject({ packets: 0, truncated: false });
  });

  it('reads a packet that the snapshot cut', () => {
    const file = capture([{ at_ns: AT, bytes: [1, 2] }]).with(24 + 12, 200);
    const [packet] = pcapPackets(openPcap(file));
    expect(packet).toMatchObject({ original_length: 200, start: 40, end: 42 });
  });

  it('stops or refuses wherever a length lies', () => {
    const packets = Array.from({ length: 5 }, (_, i) => ({ at_ns: AT, bytes: Array(40).fill(i) }));
    const file = capture(packets);
    const view = new DataView(file.buffer);
    for (let length = 0; length < 400; length += 1) {
      view.setUint32(24 + 56 + 8, length, true);
      view.setUint32(24 + 56 + 12, 400, true);
      try {
        const pcap = openPcap(file);
        expect(pcap.packets).toBeGreaterThan(0);
        expect([...pcapPackets(pcap)]).toHaveLength(pcap.packets);
        if (length === 40) expect(pcap).toMatchObject({ packets: 5, truncated: false });
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        expect(String(error)).toMatch(/offset \d+: no header of packet \d/);
      }
    }
  });

  it('reads a view into a larger buffer', () => {
    const file = capture([{ at_ns: AT, bytes: [9] }]);
    const larger = new Uint8Array(file.length + 10);
    larger.set(file, 5);
    const pcap = openPcap(larger.subarray(5, 5 + file.length));
    expect([...pcapPackets(pcap)].map(epochNsOf)).toEqual([AT]);
  });

  it('throws nothing but InputError, whatever the bytes, and stays within them', { timeout: 30_000 }, () => {
    const real = readFileSync(fixture);
    const foreign = fc.uint8Array({ maxLength: 400 });
    const headed = foreign.map((body) => Uint8Array.from([...capture([]), ...body]));
    const mutated = fc
      .array(fc.tuple(fc.nat(real.length - 1), fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 8,
      })
      .map((changes) => changes.reduce((bytes, [at, value]) => bytes.with(at, value), Uint8Array.from(real)));
    fc.assert(
      fc.property(fc.oneof(foreign, headed, mutated), (bytes) => {
        try {
          const pcap = openPcap(bytes);
          let count = 0;
          for (const packet of pcapPackets(pcap)) {
            count += 1;
            expect(packet.end).toBeLessThanOrEqual(bytes.length);
          }
          expect(count).toBe(pcap.packets);
          for (const frame of framesOf(pcap, 0n)) expect(frame.payload_start).toBeLessThanOrEqual(frame.end);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});
