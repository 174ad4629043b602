import { expect, test } from 'vitest';
import { routerAdvertMoments } from '../../../../../harness/systems/vrrp/findings/router-advert-moments.ts';
import { FAULT_NS, MS, R1_MACS, R2_MACS, ROUTER, WINDOWS } from '../../../analysis/takeovers.ts';

const ROUTER6 = { ...ROUTER, vip: '2001:db8:1::1' };
const at = (ms: number) => FAULT_NS + ms * MS;
const advert = (ms: number, source_mac: string, lifetime_s = 1800, source_ip = 'fe80::1') => ({
  ...{ at_ns: at(ms), source_mac, lifetime_s, source_ip },
});
const [R1, R2] = [R1_MACS[1]!, R2_MACS[1]!];
const said = (adverts: ReturnType<typeof advert>[], router = ROUTER6, new_owner: string | undefined = 'r2') =>
  routerAdvertMoments({ router, new_owner }, adverts, WINDOWS).map(
    ({ at_ns, event, detail }) => `${(at_ns - FAULT_NS) / MS} ${event} ${detail}`,
  );

test('the first of the new master, and nothing of what came before or comes after', () => {
  const adverts = [advert(-500, R1), advert(100, R1), advert(350, R2), advert(900, R2), advert(6000, R2)];
  expect(said(adverts)).toEqual(['350 router-advert first router advertisement of r2, from fe80::1']);
  expect(said([advert(6000, R2)])).toEqual([]);
});

test('a router that says it is none any more', () => {
  expect(said([advert(10, R1, 0), advert(20, '02:00:00:00:00:99', 0), advert(350, R2)])).toEqual([
    '350 router-advert first router advertisement of r2, from fe80::1',
    '10 router-advert r1 (fe80::1) tells hosts that it is no default router: lifetime 0',
  ]);
});

test('nothing of a virtual router of IPv4, or without a new master', () => {
  expect(said([advert(350, R2)], ROUTER)).toEqual([]);
  expect(routerAdvertMoments({ router: ROUTER6, new_owner: undefined }, [advert(350, R2)], WINDOWS)).toEqual(
    [],
  );
});
