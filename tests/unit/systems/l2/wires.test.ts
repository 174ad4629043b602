import { describe, expect, test } from 'vitest';
import { ethernetFrame, type Frame } from '../../../../harness/observe/frame.ts';
import { readSwitchSettings } from '../../../../harness/systems/l2/config/switch-settings.ts';
import type { SwitchFacts } from '../../../../harness/systems/l2/findings/l2-facts.ts';
import { NetworkFrames } from '../../../../harness/systems/l2/findings/network-frames.ts';
import { RepeatedFrames } from '../../../../harness/systems/l2/findings/repeated-frames.ts';
import { isForged, judgeIsolation, judgeLoops } from '../../../../harness/systems/l2/findings/wire-audits.ts';
import { ethernet, ipv4, udp } from '../../observe/builder.ts';
import { frameOf } from '../../observe/frames.ts';

const VM1 = '02:00:00:00:00:01';
const VM4 = '02:00:00:00:00:04';
const NEW = '06:12:34:56:78:9a';

const wire = (name: string, segment: string, mac: string) => ({
  interface: name,
  segment,
  peers: [{ node: name, interface: 'eth1', mac }],
});
const SWITCH: SwitchFacts = {
  node: 'sw1',
  settings: readSwitchSettings({ PORTS: 'vm1=10 vm4=20', TRUNK: 'trunk' }, ['vm1', 'vm4', 'trunk']).settings,
  wires: [wire('vm1', 'w0', VM1), wire('vm4', 'w1', VM4), { interface: 'trunk', segment: 'w2', peers: [] }],
};

/** A frame of a `frames` probe: EtherType, magic, id, number. */
function numbered(source: string, seq: number, at_ns = 0, id = 7): Frame {
  const bytes = new Uint8Array(60);
  bytes.fill(0xff, 0, 6);
  bytes.set(
    source.split(':').map((byte) => Number.parseInt(byte, 16)),
    6,
  );
  const view = new DataView(bytes.buffer);
  view.setUint16(12, 0x88b5);
  view.setUint32(14, 0x48444631);
  view.setBigUint64(18, BigInt(id));
  view.setBigUint64(26, BigInt(seq));
  return ethernetFrame(at_ns, bytes, 0, bytes.length)!;
}

/** The same in a tunnel (VXLAN) between switches. */
function tunnelled(source: string, seq: number): Frame {
  const { bytes } = numbered(source, seq);
  const packet = udp(40_000, 4789, [0x08, 0, 0, 0, 0, 0, 10, 0, ...bytes]);
  return frameOf(ethernet(0x0800, ipv4(17, packet), { source: '02:00:00:00:01:01' }));
}

describe('frames of another network', () => {
  test('none: each wire carries its own network alone', () => {
    const seen = new NetworkFrames([SWITCH]);
    seen.take(numbered(VM1, 0), 'w0');
    seen.take(numbered(VM4, 0), 'w1');
    // Between switches both pass.
    seen.take(numbered(VM1, 0), 'w2');
    seen.take(numbered(VM4, 0), 'w2');
    expect(seen.leaks()).toEqual([]);
    expect(judgeIsolation(seen.leaks(), { vlans: seen.vlans.size, frames: seen.frames }, 0)).toEqual([
      ...[
        {
          name: 'isolation',
          verdict: 'pass',
          detail: 'none of 2 frames on the wires of machines was of another network',
        },
      ],
    ]);
  });

  test('of an address that is known, and of one that was never seen before', () => {
    const seen = new NetworkFrames([SWITCH]);
    for (const at_ns of [2e6, 3e6]) seen.take(numbered(VM1, 0, at_ns), 'w1');
    seen.take(numbered(NEW, 1, 5e6), 'w1');
    seen.take(numbered(NEW, 1, 4e6), 'w0');
    expect(seen.leaks()).toEqual([{ of: 'vm1 (VLAN 10)', to: 'vm4 (VLAN 20)', frames: 3, first_ns: 2e6 }]);
    const [audit] = judgeIsolation(seen.leaks(), { vlans: 2, frames: 4 }, 1e6);
    expect(audit).toEqual({
      name: 'isolation',
      verdict: 'fail',
      detail: '3 frames of vm1 (VLAN 10) came to vm4 (VLAN 20), the first 1 ms after the fault',
    });
  });

  test('the address of a virtual router is in every network that it serves', () => {
    const seen = new NetworkFrames([SWITCH]);
    seen.take(numbered('00:00:5e:00:01:33', 0, 1), 'w0');
    seen.take(numbered('00:00:5e:00:01:33', 0, 2), 'w1');
    expect(seen.leaks()).toEqual([]);
  });

  test('with a controller all ports are in one network', () => {
    const env = { PORTS: 'vm1=10 vm4=20', CONTROLLER: 'on' };
    const { settings } = readSwitchSettings(env, ['vm1', 'vm4']);
    const seen = new NetworkFrames([{ ...SWITCH, settings }]);
    seen.take(numbered(VM1, 0), 'w1');
    expect(seen.vlans.size).toBe(1);
    expect(seen.leaks()).toEqual([]);
  });

  test('where there is one network nothing is said', () => {
    expect(judgeIsolation([], { vlans: 1, frames: 9 }, 0)).toEqual([]);
  });
});

describe('frames that came by twice', () => {
  const watch = () => new RepeatedFrames(new Set(['w0', 'w2']));

  test('none: other numbers, other probes, other wires, another source behind a router', () => {
    const seen = watch();
    for (const seq of [0, 1, 9000, 5]) seen.take(numbered(VM1, seq), 'w0');
    seen.take(numbered(VM1, 1), 'w2');
    seen.take(numbered(VM1, 1, 0, 8), 'w2');
    seen.take(numbered(VM4, 1), 'w2');
    // Not a wire of a switch.
    for (const _ of [1, 2]) seen.take(numbered(VM1, 1), 'w9');
    expect(seen.loops).toEqual([]);
    expect(judgeLoops(seen.loops, seen.numbered, 0)).toMatchObject([{ name: 'no-loop', verdict: 'pass' }]);
  });

  test('a loop', () => {
    const seen = watch();
    for (const at_ns of [4e6, 5e6, 6e6]) seen.take(numbered(VM1, 3, at_ns), 'w2');
    expect(seen.loops).toEqual([{ segment: 'w2', repeated: 2, first_ns: 5e6 }]);
    expect(judgeLoops(seen.loops, seen.numbered, 6e6)).toEqual([
      {
        name: 'no-loop',
        verdict: 'fail',
        detail: 'on wire w2 2 frames came by that had been there, the first 1 ms before the fault',
      },
    ]);
  });

  test('in a tunnel the frame inside counts', () => {
    const seen = watch();
    for (const seq of [1, 2, 2]) seen.take(tunnelled(VM1, seq), 'w2');
    expect(seen.numbered).toBe(3);
    expect(seen.loops).toMatchObject([{ segment: 'w2', repeated: 1 }]);
  });

  test('without numbered frames nothing is said', () => {
    expect(judgeLoops([], 0, 0)).toEqual([]);
  });
});

test('a fault that doubles or forges frames leaves nothing to say', () => {
  expect(isForged([{ kind: 'crash' }])).toBe(false);
  expect(isForged([{ kind: 'crash' }, { kind: 'corrupt' }])).toBe(true);
});
