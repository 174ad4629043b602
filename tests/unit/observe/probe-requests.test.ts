import { expect, test } from 'vitest';
import { framesOf } from '../../../harness/observe/frame.ts';
import { openPcap } from '../../../harness/observe/pcap.ts';
import { ProbeRequestCollector, probeRequestsOf } from '../../../harness/observe/probe-requests.ts';
import { capture, ethernet, ipv4, u16 } from './builder.ts';
import { ipv6 } from './message-builder.ts';

interface Datagram {
  at_ns: number;
  sender?: number;
  seq: number;
  echoed_ns?: number;
  magic?: string;
  family?: 4 | 6;
}

function packet({ at_ns, sender = 1, seq, echoed_ns = 0, magic = 'HDU1', family = 4 }: Datagram) {
  const numbers = new DataView(new ArrayBuffer(32));
  numbers.setBigUint64(0, BigInt(sender));
  numbers.setBigUint64(8, BigInt(seq));
  numbers.setBigInt64(24, BigInt(echoed_ns));
  const payload = [...Buffer.from(magic), ...new Uint8Array(numbers.buffer)];
  const udp = [...u16(40_000), ...u16(7001), ...u16(8 + payload.length), ...u16(0), ...payload];
  const frame = family === 6 ? ethernet(0x86dd, ipv6(17, udp)) : ethernet(0x0800, ipv4(17, udp));
  return { at_ns: BigInt(at_ns), bytes: frame };
}

function requests(...datagrams: Datagram[]) {
  return probeRequestsOf(framesOf(openPcap(capture(datagrams.map(packet))), 0n));
}

test('a request gets the moment of its answer; without one, none', () => {
  expect(
    requests({ at_ns: 10, seq: 0 }, { at_ns: 20, seq: 1 }, { at_ns: 30, seq: 0, echoed_ns: 12 }),
  ).toMatchObject([
    { at_ns: 10, answered_ns: 30 },
    { at_ns: 20, answered_ns: null },
  ]);
});

test('requests go over either family', () => {
  const seen = requests(
    { at_ns: 10, seq: 0, family: 6 },
    { at_ns: 30, seq: 0, echoed_ns: 12, family: 6 },
    { at_ns: 40, sender: 2, seq: 0 },
  );
  expect(seen.map(({ at_ns, answered_ns }) => [at_ns, answered_ns])).toEqual([
    [10, 30],
    [40, null],
  ]);
});

test('senders are told apart, though they count alike', () => {
  const seen = requests(
    { at_ns: 10, sender: 1, seq: 0 },
    { at_ns: 20, sender: 2, seq: 0 },
    { at_ns: 30, sender: 2, seq: 0, echoed_ns: 22 },
  );
  expect(seen.map(({ answered_ns }) => answered_ns)).toEqual([null, 30]);
  expect(new Set(seen.map(({ flow }) => flow)).size).toBe(2);
});

test('what is not a datagram of a probe, or answers nothing that was seen, is left out', () => {
  expect(requests({ at_ns: 10, seq: 0, magic: 'HDU2' }, { at_ns: 20, seq: 5, echoed_ns: 4 })).toEqual([]);
});

test('a number that comes again, or late, keeps its own answer', () => {
  const seen = requests(
    { at_ns: 10, seq: 5 },
    { at_ns: 20, seq: 7 },
    { at_ns: 30, seq: 6 },
    { at_ns: 31, seq: 5 },
    { at_ns: 40, seq: 6, echoed_ns: 1 },
    { at_ns: 41, seq: 7, echoed_ns: 1 },
    { at_ns: 42, seq: 7, echoed_ns: 1 },
    { at_ns: 50, seq: 8 },
    { at_ns: 51, seq: 8, echoed_ns: 1 },
  );
  expect(seen.map(({ seq, at_ns, answered_ns }) => [seq, at_ns, answered_ns])).toEqual([
    [5, 10, null],
    [7, 20, 41],
    [6, 30, 40],
    [8, 50, 51],
  ]);
});

test('in columns: those of one port, one sender after the other', () => {
  const collector = new ProbeRequestCollector();
  const datagrams = [
    { at_ns: 10, sender: 1, seq: 0 },
    { at_ns: 20, sender: 2, seq: 0 },
    { at_ns: 30, sender: 1, seq: 1 },
    { at_ns: 40, sender: 1, seq: 0, echoed_ns: 12 },
  ];
  for (const frame of framesOf(openPcap(capture(datagrams.map(packet))), 0n)) collector.take(frame);
  expect(collector.ports()).toEqual([7001]);
  expect(collector.requests(7001)).toEqual({
    seq: Float64Array.of(0, 1, 0),
    at_ns: Float64Array.of(10, 30, 20),
    answered_ns: Float64Array.of(40, NaN, NaN),
  });
  expect(collector.requests(7002).seq).toHaveLength(0);
});
