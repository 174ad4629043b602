import { expect, test } from 'vitest';
import type { HeardAdvert } from '../../../../../harness/lab/agent-shapes.ts';
import {
  judgeRedundancy,
  type MemberSeen,
  type RedundancySeen,
} from '../../../../../harness/systems/vrrp/live/judge-redundancy.ts';

const VIP = '198.18.1.1';
const alive = { keepalived: 'runs', ran_before: true } as const;
const master: MemberSeen = {
  ...alive,
  node: 'r1',
  holds: true,
  instance: { state: 'MASTER', advert_ms: 1000 },
};
const backup: MemberSeen = {
  ...alive,
  node: 'r2',
  holds: false,
  instance: { state: 'BACKUP', hears: true, advert_ms: 1000 },
};

function advert(node: string, sent: boolean, change: Partial<HeardAdvert> = {}): HeardAdvert {
  const from = { interface: 'ha', mac: '02:00:00:00:00:01', source: '169.254.192.1', family: 4 as const };
  return {
    node,
    sent,
    ...from,
    vrid: 1,
    priority: 50,
    advert_ms: 1000,
    addresses: ['169.254.0.1'],
    ...change,
  };
}

const HEARD = [advert('r1', true), advert('r2', false)];
const seen: RedundancySeen = {
  vip: VIP,
  members: [master, backup],
  adverts: HEARD,
  listened_ms: 2500,
};

function judged(change: Partial<RedundancySeen>): [string, string] {
  const { name, verdict, detail } = judgeRedundancy('router', { ...seen, ...change }).record;
  expect(name).toBe('vrrp-redundancy');
  expect(detail).toMatch(/^virtual router 'router': /);
  return [verdict, detail.replace("virtual router 'router': ", '')];
}

test('a backup that hears its master could take over', () => {
  expect(judged({})).toEqual(['pass', 'r2 hears the advertisements of r1 and could take over 198.18.1.1']);
  const third = { ...backup, node: 'r3' };
  const three = { members: [backup, master, third], adverts: [...HEARD, advert('r3', false)] };
  expect(judged(three)).toEqual([
    'pass',
    'r2 and r3 hear the advertisements of r1 and could take over 198.18.1.1',
  ]);
});

test('a virtual router with one member has nothing to take over', () => {
  expect(judged({ members: [master], adverts: undefined })[0]).toBe('pass');
});

test.each<[string, Partial<MemberSeen>, string]>([
  ['lost', { keepalived: 'none' }, 'r2 came back without keepalived: no node could take over 198.18.1.1'],
  [
    'lost before the fault',
    { keepalived: 'none', ran_before: false },
    'no keepalived runs on r2: no node could take over 198.18.1.1',
  ],
  ['hanging', { keepalived: 'stopped' }, 'keepalived is stopped on r2: no node could take over 198.18.1.1'],
  [
    'without its child',
    { keepalived: 'child-missing' },
    'keepalived runs without its VRRP process on r2: no node could take over 198.18.1.1',
  ],
])('a standby that is %s fails', (_, change, words) => {
  expect(judged({ members: [master, { ...backup, ...change }], adverts: undefined })).toEqual([
    'fail',
    words,
  ]);
});

test('the members that could still take over are named', () => {
  const members = [master, { ...backup, keepalived: 'none' as const }, { ...backup, node: 'r3' }];
  expect(judged({ members, adverts: [advert('r1', true), advert('r3', false)] })).toEqual([
    'fail',
    'r2 came back without keepalived: only r3 could take over 198.18.1.1',
  ]);
});

test('a holder whose daemon is gone fails, though the address is there', () => {
  const members = [{ ...master, keepalived: 'none' as const }, backup];
  expect(judged({ members, adverts: [] })[1]).toMatch(
    /^r1, which holds 198.18.1.1, came back without keepalived/,
  );
});

test('a backup that does not hear its master fails', () => {
  expect(judged({ adverts: [advert('r1', true)] })).toEqual([
    'fail',
    'r2 does not hear the advertisements of r1 (none for 2.5 s): no node could take over 198.18.1.1',
  ]);
});

test('only that it does not hear its master need not be looked at again', () => {
  expect(judgeRedundancy('router', { ...seen, adverts: [advert('r1', true)] }).final).toBe(true);
  const instance = { state: 'FAULT' };
  const faulty = { ...seen, members: [master, { ...backup, instance }] };
  expect(judgeRedundancy('router', faulty).final).toBeFalsy();
});

test("another router's advertisements of the same VRID do not count", () => {
  const other = advert('r2', false, { source: '169.254.192.9' });
  expect(judged({ adverts: [advert('r1', true), other] })[0]).toBe('fail');
});

test('where two instances share the VRID, the one that names the address counts', () => {
  const v6 = { source: 'fe80::1', family: 6 as const, addresses: ['2001:db8::1'] };
  const v4 = { addresses: [VIP] };
  const sent = [advert('r1', true, v6), advert('r1', true, v4)];
  expect(judged({ adverts: [...sent, advert('r2', false, v6)] })[0]).toBe('fail');
  expect(judged({ adverts: [...sent, advert('r2', false, v4)] })[0]).toBe('pass');
});

test('a silent holder fails when its interval is known, else nothing can be said', () => {
  expect(judged({ adverts: [] })).toEqual([
    'fail',
    'r1 holds 198.18.1.1 and sent no advertisement for 2.5 s: only r2 could take over 198.18.1.1',
  ]);
  const unasked = { ...master, instance: {} };
  const unsure = judged({ adverts: [], members: [unasked, { ...backup, instance: {} }] });
  expect(unsure).toEqual(['unknown', expect.stringContaining('how often it should is not known')]);
});

test('without one holder there is no redundancy', () => {
  const none = { ...master, holds: false };
  expect(judged({ members: [none, backup], adverts: undefined })).toEqual([
    'fail',
    '198.18.1.1 is held by nobody',
  ]);
  const both = [master, { ...backup, holds: true }];
  expect(judged({ members: both, adverts: undefined })).toEqual(['fail', '198.18.1.1 is held by r1 and r2']);
});

test.each<[string, MemberSeen['instance'], string]>([
  ['in FAULT', { state: 'FAULT' }, 'keepalived is in state FAULT on r2'],
  ['a second master', { state: 'MASTER' }, 'keepalived is MASTER on r2, though r1 holds 198.18.1.1'],
  [
    'deaf behind its packet filter',
    { state: 'BACKUP', hears: false },
    'the keepalived of r2 accepts no advertisement of r1',
  ],
  [
    'without the address',
    { state: 'BACKUP', hears: true, stray: 'has no instance with VRID 1' },
    'the keepalived of r2 has no instance with VRID 1',
  ],
])('a standby whose daemon says that it is %s fails', (_, instance, words) => {
  expect(judged({ members: [master, { ...backup, instance }] })).toEqual([
    'fail',
    `${words}: no node could take over 198.18.1.1`,
  ]);
});

test('an address that is in no instance of any member is put up by a script', () => {
  const stray = 'has no instance with VRID 1 that carries 198.18.1.1';
  const members = [master, backup].map((one) => ({ ...one, instance: { ...one.instance, stray } }));
  expect(judged({ members })[0]).toBe('pass');
});

test('an address that stayed behind on a backup fails', () => {
  const members = [{ ...master, instance: { state: 'BACKUP', hears: true, advert_ms: 1000 } }, backup];
  expect(judged({ members })[1]).toMatch(/^r1 holds 198.18.1.1 though its keepalived is in state BACKUP/);
});

test('daemons that could not be asked are judged by what they send and hear', () => {
  const members = [master, backup].map((one) => ({ ...one, instance: {} }));
  expect(judged({ members })[0]).toBe('pass');
  expect(judged({ members, adverts: [advert('r1', true)] })[0]).toBe('fail');
});
