import { expect, test } from 'vitest';
import { framesOf } from '../../../harness/observe/frame.ts';
import { openPcap } from '../../../harness/observe/pcap.ts';
import { probeRequestsOf } from '../../../harness/observe/probe-requests.ts';
import { capture, ethernet, ipv4, u16 } from './builder.ts';

interface Datagram {
  at_ns: number;
  sender?: number;
  seq: number;
  echoed_ns?: number;
  magic?: string;
}

function packet({ at_ns, sender = 1, seq, echoed_ns = 0, magic = 'HDU1' }: Datagram) {
  const numbers = new DataView(new ArrayBuffer(32));
  numbers.setBigUint64(0, BigInt(sender));
  numbers.setBigUint64(8, BigInt(seq));
  numbers.setBigInt64(24, BigInt(echoed_ns));
  const payload = [...Buffer.from(magic), ...new Uint8Array(numbers.buffer)];
  const udp = [...u16(40_000), ...u16(7001), ...u16(8 + payload.length), ...u16(0), ...payload];
  return { at_ns: BigInt(at_ns), bytes: ethernet(0x0800, ipv4(17, udp)) };
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
