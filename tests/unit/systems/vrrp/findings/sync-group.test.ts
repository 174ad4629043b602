import { describe, expect, test } from 'vitest';
import { readKeepalivedConf } from '../../../../../harness/systems/vrrp/config/keepalived-conf.ts';
import { groupOf } from '../../../../../harness/systems/vrrp/findings/sync-group.ts';
import { routerFindings } from '../../../../../harness/systems/vrrp/findings/virtual-router.ts';
import { foreseenTakeover } from '../../../../../harness/systems/vrrp/findings/vrrp-foreseen.ts';
import {
  FAULT,
  FAULT_NS,
  MS,
  R1_MACS,
  R2_MACS,
  ROUTER,
  WINDOWS,
  wireOf,
} from '../../../analysis/takeovers.ts';
import { advertFrame, ethernet, u16 } from '../../../observe/builder.ts';
import { frameOf } from '../../../observe/frames.ts';
import { ip6, ipv6 } from '../../../observe/message-builder.ts';

/** A router of both families; the second instance advertises every `slow` seconds. */
const conf = (slow: number, grouped = true) => `
global_defs { vrrp_version 3 }
${grouped ? 'vrrp_sync_group G { group { VR VR6 } }' : ''}
vrrp_instance VR {
    interface ha
    virtual_router_id 7
    priority 50
    advert_int 0.1
    virtual_ipaddress { 198.18.0.1/24 }
}
vrrp_instance VR6 {
    interface ha
    virtual_router_id 7
    priority 50
    advert_int ${slow}
    virtual_ipaddress { fe80::7/64 }
    virtual_ipaddress_excluded { 2001:db8::1/64 }
}
`;
const ROUTER6 = { ...ROUTER, name: 'router6', vip: '2001:db8::1' };
const at = (ms: number) => FAULT_NS + ms * MS;
const of = (router: typeof ROUTER, slow: number, grouped = true) => ({
  ...router,
  members: router.members.map((member) => ({ ...member, keepalived_conf: conf(slow, grouped) })),
});

const advert4 = (ms: number, source: string, mac: string) =>
  frameOf(advertFrame({ source, mac, advert_int_ms: 100, priority: 50 }), at(ms));
const advert6 = (ms: number, source: string, mac: string, slow: number) => {
  const message = [0x31, 7, 50, 1, ...u16(slow * 100), 0, 0, ...ip6('fe80::7')];
  return frameOf(
    ethernet(0x86dd, ipv6(112, message, { source, destination: 'ff02::12' }), { source: mac }),
    at(ms),
  );
};
/** The last adverts of r1 were sent 40 and 160 ms before the fault; r2 takes both over at once. */
const frames = (slow: number, taken_ms: number) => [
  advert6(-160, 'fe80::11', R1_MACS[0]!, slow),
  advert4(-40, '198.18.0.11', R1_MACS[0]!),
  advert4(taken_ms, '198.18.0.12', R2_MACS[0]!),
  advert6(taken_ms + 1, 'fe80::12', R2_MACS[0]!, slow),
];
const bounds = (router: typeof ROUTER, slow: number, grouped = true) => {
  const events = [{ at_ns: at(1), node: 'r1', change: 'removed' as const, address: router.vip }];
  const taken = [...events, { at_ns: at(800), node: 'r2', change: 'added' as const, address: router.vip }];
  const wire = wireOf(frames(slow, 800));
  return routerFindings(of(router, slow, grouped), { address_events: taken, fault: FAULT }, wire, WINDOWS)
    .bounds;
};

describe('a sync group', () => {
  // 3 x 0.1 s + 206/256 x 0.1 s, and 3 x 0.3 s + 206/256 x 0.3 s.
  const [QUICK, SLOW] = [380.46875, 1141.40625];

  test('takes over when the last of its instances would, whichever router is looked at', () => {
    for (const router of [ROUTER, ROUTER6]) {
      const { high, low, at_phase, from } = bounds(router, 0.3)['vip.takeover_ms']!;
      expect([low, high, at_phase]).toEqual([SLOW - 300, SLOW, SLOW - 160]);
      expect(from).toMatch(/0\.3 s.*\(the last of the sync group\)$/);
    }
  });

  test('the quick instance waits for the slow one, and its detection takes as long', () => {
    const { low, high, from } = bounds(ROUTER, 0.3)['vip.detection_ms']!;
    expect([low, high]).toEqual([SLOW - 160 + 40, SLOW - 160 + 40 + 10]);
    expect(from).toMatch(/then until the last of its sync group$/);
    const slow = bounds(ROUTER6, 0.3)['vip.detection_ms']!;
    expect([slow.low, slow.high]).toEqual([SLOW, SLOW + 10]);
  });

  test('is silent for as long as its last instance hears nothing, and the skew time is that one’s', () => {
    const events = [{ at_ns: at(990), node: 'r2', change: 'added' as const, address: ROUTER.vip }];
    const facts = { address_events: events, fault: FAULT };
    const found = routerFindings(of(ROUTER, 0.3), facts, wireOf(frames(0.3, 982)), WINDOWS);
    expect(found.silence_ns).toBeCloseTo(at(900 - 160), -3);
  });

  test('without one each instance takes over by itself', () => {
    expect(bounds(ROUTER, 0.3, false)['vip.takeover_ms']).toMatchObject({
      high: QUICK,
      at_phase: QUICK - 40,
    });
    expect(bounds(ROUTER6, 0.3, false)['vip.takeover_ms']).toMatchObject({
      high: SLOW,
      at_phase: SLOW - 160,
    });
  });

  test('is known before a lab runs', () => {
    const members = ['r1', 'r2'].map((node) => {
      const { instances } = readKeepalivedConf({ text: conf(0.3), file: 'k.conf' });
      return { node, instance: instances[0]!, group: groupOf(instances[0]!, instances) };
    });
    const found = foreseenTakeover(members, 'abrupt');
    expect(found).toMatchObject({
      takeover: { low: SLOW - 300, high: SLOW },
      // It may be ready up to one of its own intervals before the fault's last moment.
      detection: { low: QUICK, high: SLOW + 100 + 10 },
    });
    const alone = foreseenTakeover(
      members.map(({ group: _, ...one }) => one),
      'abrupt',
    );
    expect(alone).toMatchObject({ takeover: { high: QUICK } });
  });
});
