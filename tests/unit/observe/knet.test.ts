import { describe, expect, it } from 'vitest';
import { type KnetQuestion, knetPathsOf } from '../../../harness/observe/knet.ts';
import { ethernet, ipv4, udp } from './builder.ts';
import { frameOf } from './frames.ts';
import { ipv6 } from './message-builder.ts';

const MS = 1_000_000;
const A = '198.18.0.11';
const B = '198.18.0.12';

type Sent = [at_ms: number, source: string, destination: string, port?: number];

function paths(sent: Sent[], question: KnetQuestion = {}) {
  const frames = sent.map(([at_ms, source, destination, port = 5405]) => {
    const packet = udp(port, port, [1, 2, 3]);
    const ends = { source, destination };
    const bytes = source.includes(':')
      ? ethernet(0x86dd, ipv6(17, packet, ends))
      : ethernet(0x0800, ipv4(17, packet, ends));
    return frameOf(bytes, at_ms * MS);
  });
  return knetPathsOf(frames, question);
}

describe('knetPathsOf', () => {
  it('keeps the two directions apart', () => {
    const seen = paths([
      [0, A, B],
      [1, B, A],
      [100, A, B],
      [400, A, B],
      [500, A, B],
    ]);
    expect(seen).toEqual([
      {
        source: A,
        destination: B,
        port: 5405,
        packets: 4,
        first_ns: 0,
        last_ns: 500 * MS,
        longest_silence_ns: 300 * MS,
        silent_from_ns: 100 * MS,
      },
      {
        source: B,
        destination: A,
        port: 5405,
        packets: 1,
        first_ns: MS,
        last_ns: MS,
        longest_silence_ns: 0,
        silent_from_ns: undefined,
      },
    ]);
  });

  it('counts silence up to the ends of the window, and nothing outside', () => {
    const sent: Sent[] = [0, 50, 100, 200, 900].map((at) => [at, A, B]);
    const seen = (from_ms: number, to_ms: number) =>
      paths(sent, { window: { from_ns: from_ms * MS, to_ns: to_ms * MS } })[0];
    expect(seen(40, 900)).toMatchObject({
      packets: 3,
      longest_silence_ns: 700 * MS,
      silent_from_ns: 200 * MS,
    });
    expect(seen(190, 210)).toMatchObject({
      packets: 1,
      longest_silence_ns: 10 * MS,
      silent_from_ns: 190 * MS,
    });
    expect(seen(201, 900)).toBeUndefined();
    expect(seen(201, 901)).toMatchObject({ longest_silence_ns: 699 * MS, silent_from_ns: 201 * MS });
  });

  it('listens at the ports it is told, each a path of its own, over IPv6 too', () => {
    const sent: Sent[] = [
      [0, A, B, 5405],
      [1, A, B, 5406],
      [2, '2001:db8::1', '2001:db8::2', 5406],
      [3, '2001:db8::2', '2001:db8::1', 5406],
      [4, '2001:db8::1', '2001:db8::2', 5406],
    ];
    expect(paths(sent).map((path) => path.port)).toEqual([5405]);
    const seen = paths(sent, { ports: [5405, 5406] });
    expect(seen.map(({ source, port, packets }) => [source, port, packets])).toEqual([
      [A, 5405, 1],
      [A, 5406, 1],
      ['2001:db8::1', 5406, 2],
      ['2001:db8::2', 5406, 1],
    ]);
  });
});
