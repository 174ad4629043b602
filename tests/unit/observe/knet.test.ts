import { expect, test } from 'vitest';
import { KnetSpeakers } from '../../../harness/observe/knet.ts';
import { ethernet, ipv4, udp } from './builder.ts';
import { frameOf } from './frames.ts';
import { ipv6 } from './message-builder.ts';

const [A, A2, B] = ['02:00:00:00:00:0a', '02:00:00:00:01:0a', '02:00:00:00:00:0b'];

type Sent = [at_ns: number, source: string, port: number];

function heard(sent: Sent[], macs: string[], port?: number): number[] {
  const speakers = new KnetSpeakers(port);
  for (const [at_ns, source, to] of sent) {
    const packet = udp(5405, to, [1, 2, 3]);
    const bytes =
      at_ns % 2
        ? ethernet(0x86dd, ipv6(17, packet), { source })
        : ethernet(0x0800, ipv4(17, packet), { source });
    speakers.take(frameOf(bytes, at_ns));
  }
  return speakers.heard(macs);
}

test('each node is heard on all its interfaces and links, over IPv4 and IPv6, in order of time', () => {
  const sent: Sent[] = [
    [30, A, 5405],
    [11, A2, 5412],
    [20, B, 5405],
    [40, A, 5413],
    [50, A, 5404],
  ];
  expect(heard(sent, [A, A2])).toEqual([11, 30]);
  expect(heard(sent, [B])).toEqual([20]);
  expect(heard(sent, ['02:00:00:00:00:0c'])).toEqual([]);
});

test('at the port that its corosync uses', () => {
  expect(
    heard(
      [
        [10, A, 6000],
        [20, A, 5405],
      ],
      [A],
      6000,
    ),
  ).toEqual([10]);
});
