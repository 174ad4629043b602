import { describe, expect, it } from 'vitest';
import type { TcpFlowOptions } from '../../../harness/observe/tcp-flows.ts';
import {
  ACK,
  bytes,
  CLIENT,
  FIN,
  flows,
  from_client,
  from_server,
  handshake,
  MS,
  RST,
  SERVER,
  type Sent,
  SYN,
  US,
} from './conversation.ts';
import { frameOf } from './frames.ts';
import { segmentFrame } from './message-builder.ts';
import { tcpFlowsOf } from './readers.ts';

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
    const swapped = [
      ...handshake,
      from_server(10, { seq: 77, flags: SYN }),
      from_server(11, { seq: 78 }),
      from_client(12, { seq: 5 }),
    ];
    expect(
      flows(swapped).map(({ client, from_client: one, from_server: other }) => [
        client.port,
        one.segments,
        other.segments,
      ]),
    ).toEqual([
      [40_000, 2, 1],
      [80, 2, 1],
    ]);
  });

  it('do not begin with a reset that has a SYN as well', () => {
    expect(flows([...handshake, from_client(10, { seq: 9, flags: SYN | RST })])).toMatchObject([
      { resets: 1 },
    ]);
  });

  it('are one when the server only answers a SYN anew, with another number', () => {
    const anew = [
      ...handshake,
      from_client(1000, { seq: 1000, flags: SYN }),
      from_server(1001, { seq: 900, ack: 1001, flags: SYN | ACK }),
    ];
    const seen = flows(anew);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.from_server).toMatchObject({ segments: 2, retransmitted: 0 });
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

describe('cost', () => {
  it('stays small with 10,000 flows and holes in each', { timeout: 30_000 }, () => {
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
