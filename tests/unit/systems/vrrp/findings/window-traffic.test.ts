import { describe, expect, test } from 'vitest';
import { commitWindows, WindowTraffic } from '../../../../../harness/systems/vrrp/findings/window-traffic.ts';
import { FAULT_NS, MS, R2_MACS, ROUTER, WINDOWS } from '../../../analysis/takeovers.ts';
import { ethernet, ipv4, udp } from '../../../observe/builder.ts';
import { RST } from '../../../observe/conversation.ts';
import { frameOf } from '../../../observe/frames.ts';
import { segmentFrame } from '../../../observe/message-builder.ts';

const CLIENT_MAC = '02:00:00:00:00:99';
const [INSIDE, OUTSIDE] = R2_MACS as [string, string];
const WINDOW = { node: 'r2', macs: R2_MACS, from_ns: 100, to_ns: 200 };
const PORTS = [{ protocol: 'udp' as const, port: 7001 }];

function traffic() {
  const watch = new WindowTraffic([WINDOW], PORTS);
  const send = (at_ns: number, source: string, destination: string, port = 7001) =>
    watch.take(frameOf(ethernet(0x0800, ipv4(17, udp(40_000, port, [1])), { source, destination }), at_ns));
  return { watch, send };
}

describe('WindowTraffic', () => {
  test('what comes and is not sent on is dropped', () => {
    const { watch, send } = traffic();
    for (const at of [100, 150, 200]) send(at, CLIENT_MAC, INSIDE);
    send(151, OUTSIDE, CLIENT_MAC);
    expect(watch.dropped('r2')).toBe(2);
    expect(watch.dropped('r1')).toBeUndefined();
  });

  test('neither before and after that time, nor of others, nor to others', () => {
    const { watch, send } = traffic();
    send(99, CLIENT_MAC, INSIDE);
    send(201, CLIENT_MAC, INSIDE);
    send(150, CLIENT_MAC, INSIDE, 9);
    send(150, CLIENT_MAC, '02:00:00:00:00:98');
    expect(watch.dropped('r2')).toBe(0);
  });

  test('behind a switch a packet counts on the wire of the node itself', () => {
    const watch = new WindowTraffic([{ ...WINDOW, segments: new Set(['w5']) }], PORTS);
    for (const segment of ['w0', 'trunk', 'w5']) {
      const packet = ipv4(17, udp(40_000, 7001, [1]));
      const ends = { source: CLIENT_MAC, destination: INSIDE };
      watch.take(frameOf(ethernet(0x0800, packet, ends), 150), segment);
    }
    expect(watch.dropped('r2')).toBe(1);
  });

  test('a reset is not lost', () => {
    const watch = new WindowTraffic([WINDOW], [{ protocol: 'tcp', port: 80 }]);
    const frame = segmentFrame({ seq: 1, destination_port: 80, flags: RST });
    watch.take(frameOf([...macs(INSIDE), ...macs(CLIENT_MAC), ...frame.slice(12)], 150));
    expect(watch.dropped('r2')).toBe(0);
    const data = segmentFrame({ seq: 1, destination_port: 80, flags: 16 });
    watch.take(frameOf([...macs(INSIDE), ...macs(CLIENT_MAC), ...data.slice(12)], 150));
    expect(watch.dropped('r2')).toBe(1);
  });
});

const macs = (text: string) => text.split(':').map((pair) => Number.parseInt(pair, 16));

test('the window is from the address to the last session, of a filling that was wholly noted', () => {
  const at_ns = FAULT_NS + 340 * MS;
  const address_events = [{ at_ns, node: 'r2', change: 'added' as const, address: ROUTER.vip }];
  const filling = { node: 'r2', first_ns: at_ns + MS, last_ns: at_ns + 9 * MS, entries: 5, complete: true };
  const windowsOf = (conntrack_fillings: (typeof filling)[]) =>
    commitWindows([{ router: ROUTER, windows: WINDOWS }], { address_events, conntrack_fillings });
  expect(windowsOf([filling])).toEqual([
    { node: 'r2', macs: R2_MACS, from_ns: at_ns, to_ns: at_ns + 9 * MS },
  ]);
  expect(windowsOf([{ ...filling, complete: false }])).toEqual([]);
  expect(windowsOf([])).toEqual([]);
});
