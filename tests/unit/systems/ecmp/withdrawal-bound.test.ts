import { describe, expect, test } from 'vitest';
import type { Announcer } from '../../../../harness/systems/ecmp/findings/ecmp-facts.ts';
import { causesOf, lostWith } from '../../../../harness/systems/ecmp/findings/lost-announcers.ts';
import { type Taken, withdrawalOf } from '../../../../harness/systems/ecmp/findings/withdrawal-bound.ts';

const LB1: Announcer = {
  node: 'lb1',
  address: '198.18.1.11',
  interface: 'fabric',
  silence: { bfd: { interval_ms: 300, multiplier: 3 }, hold_ms: 9000, keepalive_ms: 3000 },
  check: { interval_ms: 1000, timeout_ms: 1000, fall: 2 },
};
const HOLD: Announcer = { ...LB1, silence: { bfd: null, hold_ms: 9000, keepalive_ms: 3000 } };
const UNASKED: Announcer = { ...LB1, check: 'does not ask its HAProxy by itself' };
const CRASH: Taken = { victims: ['lb1'], stops_forwarding: true, departure: 'abrupt' };
const lose = (name: string, how: 'kill' | 'hang'): Taken => ({
  victims: ['lb1'],
  stops_forwarding: false,
  loss: { node: 'lb1', kind: 'process', name, how },
});
const within = (announcer: Announcer, taken: Taken) => withdrawalOf(announcer, taken)?.within;

describe('how long a router keeps a node that', () => {
  test("loses its power: BFD's detection time", () => {
    expect(within(LB1, CRASH)).toMatchObject({ low: 600, high: 900 });
  });

  test("does so without BFD: BGP's hold time, of which BIRD takes three quarters or more", () => {
    expect(within(HOLD, CRASH)).toMatchObject({ low: 3750, high: 9000 });
  });

  test('does so with a hold time of 0: for ever', () => {
    const never = { ...LB1, silence: { bfd: null, hold_ms: 0, keepalive_ms: 0 } };
    expect(within(never, CRASH)).toMatch(/never noticed/);
  });

  test('takes leave: no time at all', () => {
    expect(within(LB1, { ...CRASH, departure: 'graceful' })).toMatchObject({ low: 0, high: 0 });
  });

  test("loses the wire to it: BFD's; any other wire does not matter", () => {
    const wire = (name: string): Taken => ({
      victims: ['lb1'],
      stops_forwarding: false,
      loss: { node: 'lb1', kind: 'interface', name },
    });
    expect(within(LB1, wire('fabric'))).toMatchObject({ high: 900 });
    expect(withdrawalOf(LB1, wire('back'))).toBeUndefined();
  });

  test('has a dead HAProxy: until the second check fails', () => {
    expect(within(LB1, lose('haproxy', 'kill'))).toMatchObject({ low: 1000, high: 2000 });
  });

  test('has a HAProxy that hangs: each check waits for its timeout', () => {
    expect(within(LB1, lose('haproxy', 'hang'))).toMatchObject({ low: 2000, high: 3000 });
  });

  test('asks no HAProxy: it is not known', () => {
    expect(within(UNASKED, lose('haproxy', 'kill'))).toMatch(/^on 'lb1' does not ask/);
  });

  test('has a dead BIRD: its connection is closed, and who is sent there is served', () => {
    expect(withdrawalOf(LB1, lose('bird', 'kill'))).toMatchObject({ within: { high: 0 }, serves: true });
    expect(within(LB1, lose('bird', 'hang'))).toMatchObject({ high: 900 });
  });

  test('loses nothing of this: no bound', () => {
    expect(withdrawalOf(LB1, { ...CRASH, victims: ['web1'] })).toBeUndefined();
    expect(withdrawalOf(LB1, lose('web-server', 'kill'))).toBeUndefined();
    expect(withdrawalOf(LB1, { victims: ['lb1'], stops_forwarding: false })).toBeUndefined();
  });
});

describe('clients at the address', () => {
  const ADDRESSES = new Set(['198.19.0.100']);
  const LB2 = { ...LB1, node: 'lb2', address: '198.18.1.12' };
  const routers = [{ node: 'router', announcers: [LB1, LB2] }];
  const causes = (taken: Taken, several = false, some = routers) =>
    causesOf({ routers: some }, lostWith({ routers: some }, taken), ADDRESSES, several);

  test('are disturbed while the router keeps the route', () => {
    expect(causes(CRASH)).toMatchObject([{ disturbs: true, bound: { low: 0, high: 900 } }]);
  });

  test('are not by a dead BIRD', () => {
    expect(causes(lose('bird', 'kill'))).toEqual([]);
  });

  test('have no bound where nobody else announces, and none of several faults', () => {
    const alone = [{ node: 'router', announcers: [LB1] }];
    expect(causes(CRASH, false, alone)).toMatchObject([{ missing: 'no other node announces the address' }]);
    expect(causes(CRASH, false, alone)[0]).not.toHaveProperty('disturbs');
    expect(causes(CRASH, true)).toMatchObject([
      { disturbs: true, missing: expect.stringMatching(/several/) },
    ]);
  });
});
