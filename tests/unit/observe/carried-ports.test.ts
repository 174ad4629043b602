import { expect, test } from 'vitest';
import { CarriedPorts, portWord } from '../../../harness/observe/carried-ports.ts';
import { ethernet, ipv4, udp } from './builder.ts';
import { frameOf } from './frames.ts';

const [OURS, OTHER] = ['02:00:00:00:00:11', '02:00:00:00:00:12'];

test('a probe goes through the interface that sends its packets, either way', () => {
  const carried = new CarriedPorts(
    [
      { protocol: 'udp', port: 7101 },
      { protocol: 'udp', port: 7102 },
      { protocol: 'tcp', port: 7101 },
    ],
    [OURS!, OTHER!],
  );
  const send = (source: string, from: number, to: number) =>
    carried.take(frameOf(ethernet(0x0800, ipv4(17, udp(from, to, [1])), { source }), 1));
  send(OURS!, 40_000, 7101);
  send(OTHER!, 7102, 40_000);
  send(OTHER!, 40_000, 9);
  send('02:00:00:00:00:99', 40_000, 7102);
  expect(carried.of([OURS!]).map(portWord)).toEqual(['udp/7101']);
  expect(carried.of([OTHER!]).map(portWord)).toEqual(['udp/7102']);
  expect(carried.of([OURS!, OTHER!]).map(portWord)).toEqual(['udp/7101', 'udp/7102']);
});
