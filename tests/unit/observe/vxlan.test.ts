import { expect, test } from 'vitest';
import { sourceMac } from '../../../harness/observe/frame.ts';
import { vxlanPayload } from '../../../harness/observe/vxlan.ts';
import { ethernet, ipv4, udp } from './builder.ts';
import { frameOf } from './frames.ts';

const INNER = '06:00:00:00:00:01';
const inside = ethernet(0x88b5, [1, 2, 3, 4], { source: INNER });

/** RFC 7348: flags, three reserved bytes, 24 bits of identifier, a reserved byte. */
function tunnelled(port = 4789, flags = 0x08, frame = inside) {
  const header = [flags, 0, 0, 0, 0, 0, 10, 0];
  return frameOf(ethernet(0x0800, ipv4(17, udp(40_000, port, [...header, ...frame]))));
}

test('the frame inside a tunnel, at the time of the outer one', () => {
  const frame = vxlanPayload(tunnelled())!;
  expect(sourceMac(frame)).toBe(INNER);
  expect(frame.ethertype).toBe(0x88b5);
  expect([...frame.bytes.subarray(frame.payload_start, frame.end)]).toEqual([1, 2, 3, 4]);
  expect(frame.at_ns).toBe(tunnelled().at_ns);
});

test('what is no tunnel, or cut', () => {
  expect(vxlanPayload(tunnelled(4790))).toBeUndefined();
  expect(vxlanPayload(tunnelled(4789, 0))).toBeUndefined();
  expect(vxlanPayload(tunnelled(4789, 0x08, inside.slice(0, 13)))).toBeUndefined();
  expect(vxlanPayload(frameOf(inside))).toBeUndefined();
});
