import { expect, test } from 'vitest';
import { routerFindings } from '../../../../../harness/systems/vrrp/findings/virtual-router.ts';
import {
  FAULT,
  FAULT_NS,
  keepalivedConf,
  MS,
  R1_MACS,
  R2_MACS,
  ROUTER,
  WINDOWS,
  wireOf,
} from '../../../analysis/takeovers.ts';
import { advertFrame, ethernet, garpFrame, ipv4, udp } from '../../../observe/builder.ts';
import { frameOf } from '../../../observe/frames.ts';
import { ipv6, neighborFrame } from '../../../observe/message-builder.ts';

const at = (ms: number) => FAULT_NS + ms * MS;
const VIP = '2001:db8:1::1';
/** As OpenStack Neutron writes it: an instance of IPv4 with an excluded address of IPv6. */
const conf = keepalivedConf().replace(
  'virtual_ipaddress { 198.18.0.1/24 }',
  `virtual_ipaddress { 198.18.0.1/24 }\n virtual_ipaddress_excluded { ${VIP}/64 dev ha }`,
);
const router = {
  ...ROUTER,
  vip: VIP,
  members: ROUTER.members.map((member) => ({ ...member, keepalived_conf: conf })),
};
const advert = (ms: number, source: string, mac: string) =>
  frameOf(advertFrame({ source, mac, advert_int_ms: 100, priority: 50 }), at(ms));
const sent = (ms: number, packet: number[], type: number) =>
  frameOf(ethernet(type, packet, { source: R2_MACS[1]! }), at(ms));

test('an excluded address of IPv6 moves by the adverts of its instance of IPv4, and is announced as IPv6 is', () => {
  const frames = [
    ...[-140, -40].map((ms) => advert(ms, '198.18.0.11', R1_MACS[0]!)),
    advert(340, '198.18.0.12', R2_MACS[0]!),
    frameOf(garpFrame(R2_MACS[0]!, '198.18.0.1'), at(341)),
    frameOf(neighborFrame({ target: VIP, target_mac: R2_MACS[0]! }), at(343)),
    sent(344, ipv4(17, udp(40_000, 7001, [1])), 0x0800),
    sent(346, ipv6(17, udp(40_000, 7001, [1])), 0x86dd),
    sent(347, ipv6(17, udp(7001, 40_000, [1])), 0x86dd),
  ];
  const events = [
    { at_ns: at(1), node: 'r1', change: 'removed' as const, address: VIP },
    { at_ns: at(342), node: 'r2', change: 'added' as const, address: VIP },
  ];
  const found = routerFindings(router, { address_events: events, fault: FAULT }, wireOf(frames), WINDOWS);
  expect(found).toMatchObject({
    new_owner: 'r2',
    address_ns: at(342),
    forwarded_ns: at(346),
    answer_ns: at(347),
    timeline: { last_advert_ns: at(-40), first_advert_ns: at(340), first_garp_ns: at(343) },
  });
  expect(found.bounds['vip.takeover_ms']!.high).toBeCloseTo(380.47, 1);
});
