import { describe, expect, test } from 'vitest';
import { TcpSegments } from '../../../harness/observe/tcp-segments.ts';
import { ACK, bytes, from_client, from_server, handshake, MS, RST, type Sent } from './conversation.ts';
import { frameOf } from './frames.ts';
import { segmentFrame } from './message-builder.ts';

const PORT = 80;

/** A reset by the server of the client's nth connection. */
const reset = (at_ms: number, connection: number): Sent =>
  from_server(at_ms, { seq: 5001, ack: 1001, flags: RST | ACK, destination_port: 40_000 + connection });
const lost = from_client(10, { seq: 1001, ack: 5001, payload: bytes(10) });
const again = from_client(220, { seq: 1001, ack: 5001, payload: bytes(10) });

function seen(bySegment: Record<string, Sent[]>, ports: number[] = [PORT]): TcpSegments {
  const segments = new TcpSegments(ports);
  for (const [segment, sent] of Object.entries(bySegment)) {
    for (const [at_ms, one] of sent) segments.take(frameOf(segmentFrame(one), at_ms * MS), segment);
  }
  return segments;
}

describe('resetConnections', () => {
  test('counts connections and not resets', () => {
    const segments = seen({ inside: [reset(10, 1), reset(11, 1), reset(12, 2)] });
    expect(segments.resetConnections(0, 100 * MS)).toBe(2);
  });

  test('counts a connection once that was seen on several segments: the most that one saw', () => {
    const segments = seen({ inside: [reset(10, 1), reset(11, 2)], outside: [reset(10, 1)] });
    expect(segments.resetConnections(0, 100 * MS)).toBe(2);
  });

  test('counts what fell into the window, its ends among it', () => {
    const segments = seen({ inside: [reset(10, 1), reset(20, 2), reset(30, 3)] });
    expect(segments.resetConnections(10 * MS, 20 * MS)).toBe(2);
    expect(segments.resetConnections(11 * MS, 19 * MS)).toBe(0);
    expect(segments.resetConnections(30 * MS, 30 * MS)).toBe(1);
  });

  test('leaves out other ports', () => {
    expect(seen({ inside: [reset(10, 1)] }, [81]).resetConnections(0, 100 * MS)).toBe(0);
    expect(seen({ inside: [reset(10, 1)] }, []).resetConnections(0, 100 * MS)).toBe(0);
    expect(seen({}).resetConnections(0, 100 * MS)).toBe(0);
  });
});

describe('retransmitted', () => {
  test('is what the segment on the near side of the loss saw', () => {
    const segments = seen({ inside: [...handshake, lost, again], outside: [...handshake, again] });
    expect(segments.retransmitted(PORT)).toBe(1);
    expect(segments.retransmitted(81)).toBe(0);
  });

  test('is that of both sides, each of which another segment saw', () => {
    const answer = from_server(10, { seq: 5001, ack: 1001, payload: bytes(10) });
    const answered = from_server(220, { seq: 5001, ack: 1001, payload: bytes(10) });
    const segments = seen({
      inside: [...handshake, lost, again],
      outside: [...handshake, answer, answered],
    });
    expect(segments.retransmitted(PORT)).toBe(2);
  });

  test('is 0 where nothing was sent again', () => {
    expect(seen({ inside: [...handshake, lost] }).retransmitted(PORT)).toBe(0);
    expect(seen({}).retransmitted(PORT)).toBe(0);
  });
});
