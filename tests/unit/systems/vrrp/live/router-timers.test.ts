import { describe, expect, test } from 'vitest';
import type { RouterFacts } from '../../../../../harness/journal/trial-facts.ts';
import { routerTimers } from '../../../../../harness/systems/vrrp/live/router-timers.ts';

const conf = (priority: number, more = '', version = 2) => `
vrrp_instance GW {
    version ${version}
    state BACKUP
    interface in
    virtual_router_id 61
    priority ${priority}
    advert_int 1
    ${more}
    virtual_ipaddress {
        198.18.1.1/24
    }
}
`;
const pair = (r1: string, r2: string): RouterFacts => ({
  name: 'gw',
  vrid: 61,
  vip: '198.18.1.1',
  owner: 'r1',
  members: [
    { node: 'r1', macs: [], keepalived_conf: r1 },
    { node: 'r2', macs: [], keepalived_conf: r2 },
  ],
});

describe('what the members of a virtual router wait for', () => {
  test('a backup that hears nothing takes itself for master after Master_Down (RFC 3768 §6.1), and half a second', () => {
    const { advert_ms, second_owner_ms } = routerTimers(pair(conf(150), conf(100)));
    expect(advert_ms).toBe(1000);
    expect(second_owner_ms).toBeCloseTo(3000 + (156 / 256) * 1000 + 500, 3);
  });

  test('with v3 by the master’s interval (RFC 5798 §6.4.2)', () => {
    const slow = conf(100, 'advert_int 3', 3);
    expect(routerTimers(pair(conf(150, '', 3), slow)).second_owner_ms).toBeCloseTo(
      3000 + (156 / 256) * 1000 + 500,
      3,
    );
  });

  test('who can’t be read is waited for as long as the defaults take', () => {
    const facts = pair(conf(150), 'include elsewhere.conf');
    expect(routerTimers(facts).second_owner_ms).toBe(3609 + 500);
  });

  test.each<[string, string, string, object | undefined]>([
    ['the higher priority takes the address back', conf(150), conf(100), { node: 'r1', sure: true }],
    ['not with nopreempt', conf(150, 'nopreempt'), conf(100), undefined],
    ['not the lower one', conf(100), conf(150), undefined],
    ['nor an equal one', conf(100), conf(100), undefined],
  ])('%s', (_, r1, r2, expected) => {
    const { failback } = routerTimers(pair(r1, r2), 'r2');
    if (expected === undefined) expect(failback).toBeUndefined();
    else expect(failback).toMatchObject(expected);
  });

  test('its preempt delay is waited for too', () => {
    const plain = routerTimers(pair(conf(150), conf(100)), 'r2').failback!;
    const delayed = routerTimers(pair(conf(150, 'preempt_delay 30'), conf(100)), 'r2').failback!;
    expect(delayed.within_ms - plain.within_ms).toBe(30_000);
  });
});
