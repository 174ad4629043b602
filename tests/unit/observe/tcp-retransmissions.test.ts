import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ACK,
  bytes,
  FIN,
  flows,
  from_client,
  from_server,
  handshake,
  MS,
  type Sent,
  SYN,
} from './conversation.ts';
import type { Segment } from './message-builder.ts';

describe('retransmissions', () => {
  const data = (at_ms: number, seq: number, length: number, more: Segment = {}) =>
    from_client(at_ms, { seq, ack: 5001, payload: bytes(length), ...more });
  const client = (...sent: Sent[]) => flows([...handshake, ...sent])[0]!.from_client;

  it('are ranges that were sent before, as one or in other pieces', () => {
    expect(client(data(10, 1001, 100), data(210, 1001, 100), data(610, 1001, 100))).toMatchObject({
      payload_segments: 3,
      retransmitted: 2,
      first_payload_ns: 10 * MS,
      last_payload_ns: 610 * MS,
      first_retransmitted_ns: 210 * MS,
      last_retransmitted_ns: 610 * MS,
    });
    expect(client(data(10, 1001, 100), data(210, 1001, 50), data(211, 1051, 50)).retransmitted).toBe(2);
    expect(client(data(10, 1001, 50), data(11, 1051, 50), data(211, 1001, 100)).retransmitted).toBe(1);
  });

  it('are not ranges with something new', () => {
    expect(client(data(10, 1001, 100), data(210, 1001, 101)).retransmitted).toBe(0);
    expect(client(data(10, 1001, 100), data(210, 1101, 100)).retransmitted).toBe(0);
  });

  it('are SYN and FIN as well, and no pure acknowledgement', () => {
    const [flow] = flows([
      from_client(0, { seq: 1000, flags: SYN }),
      from_client(1000, { seq: 1000, flags: SYN }),
      from_client(3000, { seq: 1000, flags: SYN }),
      from_server(3001, { seq: 5000, ack: 1001, flags: SYN | ACK }),
      from_server(4001, { seq: 5000, ack: 1001, flags: SYN | ACK }),
      from_client(4002, { seq: 1001, ack: 5001 }),
      from_client(4003, { seq: 1001, ack: 5001 }),
      from_client(5000, { seq: 1001, ack: 5001, flags: FIN | ACK }),
      from_client(5200, { seq: 1001, ack: 5001, flags: FIN | ACK }),
      from_client(5201, { seq: 1002, ack: 5001 }),
    ]);
    expect(flow).toMatchObject({
      syns: 3,
      from_client: { retransmitted: 3 },
      from_server: { retransmitted: 1 },
    });
  });

  it('are not copies of a frame: the same identification and numbers within 50 µs', () => {
    const sent = data(10, 1001, 100);
    const copy = (after_us: number, change: Segment = {}): Sent => [
      10 + after_us / 1000,
      { ...sent[1], ...change },
    ];
    expect(client(sent, copy(1), copy(3))).toMatchObject({ segments: 3, retransmitted: 0 });
    expect(client(sent, copy(50)).retransmitted).toBe(0);
    expect(client(sent, copy(51)).retransmitted).toBe(1);
    expect(client(sent, copy(1, { identification: 60_000 })).retransmitted).toBe(1);
    expect(
      flows([...handshake, ...handshake.map(([at, segment]): Sent => [at + 0.02, segment])])[0]?.syns,
    ).toBe(1);
  });

  it('tells packets without identification apart by their numbers', () => {
    const zero = { identification: 0 };
    const burst = [data(10, 1001, 10, zero), data(10.001, 1011, 10, zero), data(10.002, 1021, 10, zero)];
    expect(client(...burst)).toMatchObject({ payload_segments: 3, retransmitted: 0 });
    const pure = [data(10, 1001, 0, zero), data(10.001, 1001, 0, { ...zero, flags: FIN | ACK })];
    expect(client(...pure).segments).toBe(2 + 2);
  });

  it('are not copies in a burst, whose frames come twice each', () => {
    const burst = Array.from({ length: 20 }, (_, i) => data(10 + i / 1000, 1001 + 10 * i, 10));
    const copies = burst.map(([at, segment]): Sent => [at + 0.025, segment]);
    const mixed = [...burst, ...copies].sort(([a], [b]) => a - b);
    expect(client(...mixed)).toMatchObject({ payload_segments: 20, retransmitted: 0, reordered: 0 });
  });

  it('are not segments that were overtaken, but are those that fill a hole late', () => {
    const overtaken = [data(10, 1001, 10), data(10.1, 1021, 10), data(10.2, 1011, 10)];
    expect(client(...overtaken)).toMatchObject({ retransmitted: 0, reordered: 1 });
    expect(client(...overtaken, data(10.4, 1011, 10))).toMatchObject({ retransmitted: 1, reordered: 1 });
    const late = [data(10, 1001, 10), data(10.1, 1021, 10), data(210, 1011, 10)];
    expect(client(...late)).toMatchObject({ retransmitted: 1, reordered: 0 });
  });

  it('remember four holes of each side: an older one, filled, counts as retransmitted', () => {
    const holes = [0, 1, 2, 3, 4].map((i) => data(10 + i / 10, 1011 + 20 * i, 10));
    const skipped = (i: number) => data(10.5 + i / 10, 1021 + 20 * i, 10);
    const first = data(9, 1001, 10);
    // Nothing is missing between the first two: four holes.
    expect(client(first, ...holes, skipped(0))).toMatchObject({ reordered: 1, retransmitted: 0 });
    expect(client(first, ...holes, data(10.4, 1111, 10), skipped(0), skipped(1))).toMatchObject({
      reordered: 1,
      retransmitted: 1,
    });
    // One that is filled in its middle becomes two.
    expect(client(first, ...holes, data(10.5, 1083, 4), skipped(0), skipped(1))).toMatchObject({
      reordered: 2,
      retransmitted: 1,
    });
  });

  it('are not keep-alive probes of zero or one byte', () => {
    const sent = [data(10, 1001, 100), from_server(11, { seq: 5001, ack: 1101 })];
    for (const length of [0, 1]) {
      expect(client(...sent, data(1000, 1100, length), data(2000, 1100, length))).toMatchObject({
        retransmitted: 0,
        keep_alives: 2,
        last_payload_ns: 10 * MS,
      });
    }
    const old = from_server(12, { seq: 5001, ack: 1001 });
    expect(client(...sent, old, data(1000, 1100, 0)).keep_alives).toBe(1);
    expect(client(...sent, data(1000, 1100, 2))).toMatchObject({ payload_segments: 2, keep_alives: 0 });
    expect(client(...sent, data(1000, 1099, 2))).toMatchObject({ retransmitted: 1, keep_alives: 0 });
    // Nobody acknowledged this byte: it is sent again because it was lost.
    expect(client(data(10, 1001, 1), data(210, 1001, 1))).toMatchObject({ retransmitted: 1, keep_alives: 0 });
  });

  it('are found across the wrap of the sequence numbers, wherever it falls', () => {
    const sizes = fc.array(fc.integer({ min: 2, max: 3000 }), { minLength: 1, maxLength: 12 });
    const start = fc.oneof(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.integer({ min: 2 ** 32 - 5000, max: 2 ** 32 - 1 }),
    );
    fc.assert(
      fc.property(start, sizes, fc.array(fc.nat(11), { maxLength: 5 }), (isn, lengths, again) => {
        let seq = (isn + 1) >>> 0;
        const ranges = lengths.map((length) => {
          const range = { seq, length };
          seq = (seq + length) >>> 0;
          return range;
        });
        const repeated = again.filter((i) => i < ranges.length).map((i) => ranges[i]!);
        const sent = [...ranges, ...repeated].map((range, i) =>
          from_client(10 * (i + 1), { seq: range.seq, ack: 1, payload: bytes(range.length) }),
        );
        const [flow] = flows([from_client(0, { seq: isn, flags: SYN }), ...sent]);
        expect(flow?.from_client).toMatchObject({
          retransmitted: repeated.length,
          payload_segments: sent.length,
        });
      }),
    );
  });
});
