import { describe, expect, test } from 'vitest';
import type { ProbePort } from '../../../../../harness/observe/carried-ports.ts';
import type { Frame } from '../../../../../harness/observe/frame.ts';
import { RouterUses } from '../../../../../harness/observe/router-use.ts';
import { VrrpCollector } from '../../../../../harness/observe/vrrp-events.ts';
import { splitNotes, splitOf } from '../../../../../harness/systems/vrrp/findings/split.ts';
import { FAULT_NS, findings, MS, R1_MACS, R2_MACS, ROUTER, WINDOWS } from '../../../analysis/takeovers.ts';
import { advertFrame, ethernet, garpFrame, ipv4, udp } from '../../../observe/builder.ts';
import { frameOf } from '../../../observe/frames.ts';

const at = (ms: number) => FAULT_NS + ms * MS;
const CLIENT = '02:00:00:00:00:99';
const PORTS: ProbePort[] = [{ protocol: 'udp', port: 7001 }];
const packet = (ms: number, destination: string, source = CLIENT, port = 7001) =>
  frameOf(ethernet(0x0800, ipv4(17, udp(40_000, port, [1])), { source, destination }), at(ms));

/** r2 holds the address too from 340 ms on, and r1 gives it up at 940 ms. */
const split = findings({
  new_owner: 'r2',
  holding: {
    owners_max: 2,
    shared: [{ from_ns: at(340), to_ns: at(940), nodes: ['r1', 'r2'] }],
    handovers: [],
  },
  changes: [
    { at_ns: at(340), node: 'r2', change: 'added', address: ROUTER.vip },
    { at_ns: at(940), node: 'r1', change: 'removed', address: ROUTER.vip },
  ],
});
const STRANGER = '02:00:00:00:00:99';
const FRAMES = [
  packet(300, R1_MACS[0]!),
  frameOf(garpFrame(R2_MACS[0]!, ROUTER.vip), at(342)),
  packet(350, R2_MACS[0]!),
  packet(360, R2_MACS[0]!, CLIENT, 9),
  packet(900, R2_MACS[0]!),
  frameOf(advertFrame({ source: '198.18.0.12', mac: R2_MACS[0]!, priority: 50 }), at(938)),
];

function found(frames: readonly Frame[], of = split) {
  const routers = [{ name: ROUTER.name, address: ROUTER.vip, macs: [...R1_MACS, ...R2_MACS] }];
  const [uses, vrrp] = [new RouterUses(routers, PORTS), new VrrpCollector()];
  for (const frame of frames) {
    uses.take(frame, 'inside');
    vrrp.take(frame);
  }
  return splitOf(of, { adverts: vrrp.result().adverts, uses }, WINDOWS);
}

describe('a router with two owners', () => {
  test('who they were, who claimed the address, where packets went, and how it ended', () => {
    expect(found(FRAMES)).toEqual({
      shared: [{ from_ms: 340, to_ms: 940, nodes: ['r1', 'r2'] }],
      claims: [{ node: 'r2', mac: R2_MACS[0], kind: 'announcement', first_ms: 342, last_ms: 342, count: 1 }],
      uses: [{ from_ms: 350, to_ms: 900, source: CLIENT, segment: 'inside', node: 'r2' }],
      ended: {
        node: 'r1',
        at_ms: 940,
        heard: { node: 'r2', at_ms: 938, priority: 50, source: '198.18.0.12' },
      },
      stale_ms: 0,
    });
  });

  test('what somebody else claims counts once, whichever segments it crosses', () => {
    const routers = [{ name: ROUTER.name, address: ROUTER.vip, macs: [...R1_MACS, ...R2_MACS] }];
    const uses = new RouterUses(routers, PORTS);
    const claims = [400, 500].map((ms) => frameOf(garpFrame(STRANGER, ROUTER.vip), at(ms)));
    const later = [401, 501].map((ms) => frameOf(garpFrame(STRANGER, ROUTER.vip), at(ms)));
    for (const frame of later) uses.take(frame, 'trunk');
    for (const frame of claims) uses.take(frame, 'wire');
    expect(splitOf(split, { adverts: [], uses }, WINDOWS)?.claims).toEqual([
      {
        node: 'none of its members',
        mac: STRANGER,
        kind: 'announcement',
        first_ms: 400,
        last_ms: 500,
        count: 2,
      },
    ]);
  });

  test('a client that still sends to the one that gave it up has a stale entry, for as long as that', () => {
    const stale = [...FRAMES, packet(930, R1_MACS[0]!), packet(1200, R1_MACS[0]!), packet(1300, R2_MACS[0]!)];
    expect(found(stale)?.stale_ms).toBe(260);
  });

  test('while nobody has given it up nothing has ended, and nothing is stale', () => {
    const open = findings({
      holding: {
        owners_max: 2,
        shared: [{ from_ns: at(340), to_ns: WINDOWS.end_ns, nodes: ['r1', 'r2'] }],
        handovers: [],
      },
    });
    expect(found(FRAMES, open)).not.toHaveProperty('ended');
    expect(splitNotes(open, WINDOWS)).toEqual([
      "r1 and r2 both held 198.18.0.1 (virtual router 'router') from 0.34 s after the fault to the end of the trial",
    ]);
  });

  test('one owner at a time is no split', () => {
    expect(found(FRAMES, findings())).toBeUndefined();
  });
});
