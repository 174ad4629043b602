import { expect, test } from 'vitest';
import { ethernetFrame } from '../../../../harness/observe/frame.ts';
import { FlowWays, rehashed } from '../../../../harness/systems/ecmp/findings/flow-ways.ts';
import { ethernet, ipv4, tcp, u16 } from '../../observe/builder.ts';

const LB1 = '02:00:00:00:00:11';
const LB2 = '02:00:00:00:00:12';
const SERVICE = '198.19.0.100';
const SYN = 2;
const ACK = 16;

const watch = () => new FlowWays({ spine: { [LB1]: 'lb1', [LB2]: 'lb2' } }, new Set([SERVICE]));
/** Each on a wire of its own to the router. */
const apart = () => new FlowWays({ w1: { [LB1]: 'lb1' }, w2: { [LB2]: 'lb2' } }, new Set([SERVICE]));

function send(
  ways: FlowWays,
  at_ns: number,
  port: number,
  destination: string,
  flags = ACK,
  to = SERVICE,
  wire = 'spine',
): void {
  const segment = [...u16(port), ...tcp(flags, 1, 1, []).slice(2)];
  const bytes = Uint8Array.from(ethernet(0x0800, ipv4(6, segment, { destination: to }), { destination }));
  ways.take(ethernetFrame(at_ns, bytes, 0, bytes.length)!, wire);
}

test('a connection whose packets go to another node is rehashed', () => {
  const ways = watch();
  send(ways, 10, 5001, LB1, SYN);
  send(ways, 11, 5002, LB2, SYN);
  send(ways, 20, 5001, LB1);
  send(ways, 20, 5002, LB2);
  send(ways, 40, 5001, LB2);
  send(ways, 40, 5002, LB2);
  expect(rehashed(ways.flows(), 30, 50)).toEqual({ lasting: 2, moved: 1 });
  // Those of a node that is lost go elsewhere anyway.
  expect(rehashed(ways.flows(), 30, 50, new Set(['lb1']))).toEqual({ lasting: 1, moved: 0 });
  expect(rehashed(ways.flows(), 30, 35)).toEqual({ lasting: 2, moved: 0 });
});

test.each([[['w1', 'w2']], [['w2', 'w1']]])(
  'announcers on wires of their own, whose captures come as %s',
  (wires) => {
    const ways = apart();
    const on = {
      w1: [
        [10, SYN],
        [20, ACK],
        [50, ACK],
      ],
      w2: [[40, ACK]],
    } as const;
    for (const wire of wires as ('w1' | 'w2')[])
      for (const [at, flags] of on[wire])
        send(ways, at, 5001, wire === 'w1' ? LB1 : LB2, flags, SERVICE, wire);
    expect(ways.flows()).toEqual([
      {
        first_ns: 10,
        last_ns: 50,
        ways: [
          { node: 'lb1', from_ns: 10 },
          { node: 'lb2', from_ns: 40 },
          { node: 'lb1', from_ns: 50 },
        ],
      },
    ]);
  },
);

test('one that ended before, or began later, does not count', () => {
  const ways = watch();
  send(ways, 10, 5001, LB1, SYN);
  send(ways, 20, 5001, LB1);
  send(ways, 40, 5002, LB1, SYN);
  send(ways, 41, 5002, LB2);
  expect(rehashed(ways.flows(), 30, 50)).toEqual({ lasting: 0, moved: 0 });
});

test('a port that is used anew is another connection, and so is a SYN that is sent again another way', () => {
  const ways = watch();
  send(ways, 10, 5001, LB1, SYN);
  send(ways, 20, 5001, LB1);
  send(ways, 40, 5001, LB2, SYN);
  send(ways, 41, 5001, LB2);
  expect(ways.flows()).toHaveLength(2);
  expect(rehashed(ways.flows(), 15, 50)).toEqual({ lasting: 1, moved: 0 });
});

test.each([
  ['FIN', 17],
  ['RST', 4],
])('what a client still sends of a connection that it has closed with %s does not count', (_, flags) => {
  const ways = watch();
  send(ways, 10, 5001, LB1, SYN);
  send(ways, 20, 5001, LB1);
  send(ways, 25, 5001, LB2, flags);
  // It refuses what the first node sends late, and that goes another way.
  send(ways, 40, 5001, LB2, 4);
  send(ways, 50, 5001, LB1, 4);
  expect(rehashed(ways.flows(), 15, 60)).toEqual({ lasting: 1, moved: 0 });
  expect(rehashed(ways.flows(), 22, 60)).toEqual({ lasting: 0, moved: 0 });
  send(ways, 70, 5001, LB1, SYN);
  send(ways, 90, 5001, LB2);
  expect(rehashed(ways.flows(), 80, 95)).toEqual({ lasting: 1, moved: 1 });
});

test('what is not sent to the address, or on another segment, does not count', () => {
  const ways = watch();
  send(ways, 10, 5001, LB1, ACK, '198.18.1.11');
  send(ways, 10, 5001, '02:00:00:00:00:99');
  const bytes = Uint8Array.from(
    ethernet(0x0800, ipv4(6, tcp(ACK, 1, 1, []), { destination: SERVICE }), { destination: LB1 }),
  );
  ways.take(ethernetFrame(10, bytes, 0, bytes.length)!, 'back');
  expect(ways.flows()).toEqual([]);
});
