import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TcpFlowOptions, tcpFlowsOf } from '../../../harness/observe/tcp-flows.ts';
import { frameOf } from './frames.ts';
import { type Segment, segmentFrame } from './message-builder.ts';

const MS = 1_000_000;
const US = 1000;
const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

const CLIENT = '198.18.0.2';
const SERVER = '203.0.113.9';
type Sent = [at_ms: number, segment: Segment];
let identification = 0;
/** Of each side, a packet of its own: the identification goes up. */
const from_client = (at_ms: number, segment: Segment): Sent => [
  at_ms,
  { identification: ++identification, ...segment },
];
const from_server = (at_ms: number, segment: Segment): Sent =>
  from_client(at_ms, {
    source: SERVER,
    destination: CLIENT,
    source_port: 80,
    destination_port: 40_000,
    ...segment,
  });
const bytes = (length: number) => Array(length).fill(7);

function flows(sent: Sent[], options: TcpFlowOptions = {}) {
  const frames = sent.map(([at_ms, segment]) => frameOf(segmentFrame(segment), Math.round(at_ms * MS)));
  return tcpFlowsOf(frames, options);
}

const handshake = [
  from_client(0, { seq: 1000, flags: SYN }),
  from_server(1, { seq: 5000, ack: 1001, flags: SYN | ACK }),
  from_client(2, { seq: 1001, ack: 5001 }),
];

describe('a whole connection', () => {
  const [flow, ...others] = flows([
    ...handshake,
    from_client(3, { seq: 1001, ack: 5001, payload: bytes(10) }),
    from_server(4, { seq: 5001, ack: 1011, payload: bytes(20) }),
    from_client(5, { seq: 1011, ack: 5021, payload: bytes(5) }),
    from_client(6, { seq: 1016, ack: 5021, flags: FIN | ACK }),
    from_server(7, { seq: 5021, ack: 1017, flags: FIN | ACK }),
    from_client(8, { seq: 1017, ack: 5022 }),
  ]);

  it('is one flow, and nothing in it was retransmitted', () => {
    expect(others).toEqual([]);
    expect(flow).toEqual({
      client: { ip: CLIENT, port: 40_000 },
      server: { ip: SERVER, port: 80 },
      client_known_by: 'handshake',
      first_ns: 0,
      last_ns: 8 * MS,
      syns: 1,
      resets: 0,
      first_resets: [],
      from_client: {
        segments: 6,
        payload_segments: 2,
        first_payload_ns: 3 * MS,
        last_payload_ns: 5 * MS,
        retransmitted: 0,
        first_retransmitted_ns: undefined,
        last_retransmitted_ns: undefined,
        reordered: 0,
        keep_alives: 0,
      },
      from_server: {
        segments: 3,
        payload_segments: 1,
        first_payload_ns: 4 * MS,
        last_payload_ns: 4 * MS,
        retransmitted: 0,
        first_retransmitted_ns: undefined,
        last_retransmitted_ns: undefined,
        reordered: 0,
        keep_alives: 0,
      },
    });
  });
});

describe('who the client is', () => {
  const ends = (sent: Sent[], options?: TcpFlowOptions) =>
    flows(sent, options).map(({ client, client_known_by }) => [client.port, client_known_by]);

  it('is told by a SYN, whatever the ports', () => {
    expect(ends([from_client(0, { source_port: 80, destination_port: 40_000, flags: SYN })])).toEqual([
      [80, 'handshake'],
    ]);
  });

  it("is told by the SYN's acknowledgement; a late SYN is then a repetition", () => {
    const [, answer] = handshake;
    const sent = [answer!, from_client(3, { seq: 1000, flags: SYN })];
    expect(ends(sent)).toEqual([[40_000, 'handshake']]);
    expect(flows(sent)[0]).toMatchObject({ syns: 1, from_client: { retransmitted: 1 } });
  });

  it('is otherwise the higher port, unless the server ports are known', () => {
    expect(ends([from_client(0, {})])).toEqual([[40_000, 'port']]);
    expect(ends([from_server(0, {})])).toEqual([[40_000, 'port']]);
    const sent = [from_client(0, { source_port: 7002, destination_port: 60_000 })];
    expect(ends(sent)).toEqual([[60_000, 'port']]);
    expect(ends(sent, { server_ports: [60_000] })).toEqual([[7002, 'port']]);
    expect(ends([from_client(0, { source_port: 9, destination_port: 9 })])).toEqual([[9, 'port']]);
  });
});

describe('several connections', () => {
  it('are kept apart by each of the four', () => {
    const other = [
      { source: '198.18.0.3' },
      { destination: '203.0.113.8' },
      { source_port: 1 },
      { destination_port: 2 },
    ];
    const sent = [{}, ...other, { source: '2001:db8::1', destination: '2001:db8::2' }].map((change, i) =>
      from_client(i, { seq: 1, flags: SYN, ...change }),
    );
    expect(flows(sent)).toHaveLength(6);
    expect(flows([...sent, ...sent])).toHaveLength(6);
  });

  it('of the same ports begin with a new SYN number, and not with the same', () => {
    const again = [
      ...handshake,
      from_client(1000, { seq: 1000, flags: SYN }),
      from_client(2000, { seq: 9000, flags: SYN }),
      from_server(2001, { seq: 100, ack: 9001, flags: SYN | ACK }),
      from_server(2002, { seq: 101, ack: 9001, payload: bytes(9) }),
    ];
    const seen = flows(again);
    expect(
      seen.map((flow) => [flow.syns, flow.from_client.retransmitted, flow.from_server.segments]),
    ).toEqual([
      [2, 1, 1],
      [1, 0, 2],
    ]);
    expect(seen[1]?.from_server.retransmitted).toBe(0);
  });

  it('of the same ports with swapped sides are two', () => {
    const swapped = [...handshake, from_server(10, { seq: 77, flags: SYN }), from_server(11, { seq: 78 })];
    expect(flows(swapped).map((flow) => [flow.client.port, flow.from_client.segments])).toEqual([
      [40_000, 2],
      [80, 2],
    ]);
  });
});

describe('resets', () => {
  it('say when and by whom, and are bounded', () => {
    const sent = [
      ...handshake,
      from_server(10, { seq: 5001, flags: RST }),
      ...Array.from({ length: 20 }, (_, i) => from_client(20 + i, { seq: 1001 + i, flags: RST | ACK })),
    ];
    const [flow] = flows(sent);
    expect(flow?.resets).toBe(21);
    expect(flow?.first_resets).toHaveLength(8);
    expect(flow?.first_resets.slice(0, 2)).toEqual([
      { at_ns: 10 * MS, sent_by: 'server' },
      { at_ns: 20 * MS, sent_by: 'client' },
    ]);
  });
});

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

  it('are not keep-alive probes of zero or one byte', () => {
    const sent = [data(10, 1001, 100), from_server(11, { seq: 5001, ack: 1101 })];
    for (const length of [0, 1]) {
      expect(client(...sent, data(1000, 1100, length), data(2000, 1100, length))).toMatchObject({
        retransmitted: 0,
        keep_alives: 2,
        last_payload_ns: 10 * MS,
      });
    }
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

describe('cost', () => {
  it('stays small with 10,000 flows and holes in each', () => {
    const frame = frameOf(segmentFrame({ payload: bytes(8) }));
    const { bytes: all, payload_start } = frame;
    const view = new DataView(all.buffer);
    const tcp = payload_start + 20;
    function* frames() {
      for (let i = 0; i < 200_000; i += 1) {
        view.setUint16(tcp, 10_000 + (i % 10_000));
        view.setUint32(tcp + 4, Math.floor(i / 10_000) * 1000);
        yield { ...frame, at_ns: i * 10 * US };
      }
    }
    // In well under a second; the test's own deadline is what it must not exceed.
    const seen = tcpFlowsOf(frames(), { server_ports: [80] });
    expect(seen).toHaveLength(10_000);
    expect(seen.every((flow) => flow.from_client.payload_segments === 20)).toBe(true);
  });
});
