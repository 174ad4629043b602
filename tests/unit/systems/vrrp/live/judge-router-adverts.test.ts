import { describe, expect, test } from 'vitest';
import {
  judgeRouterAdverts,
  type RouterAdvertsSeen,
} from '../../../../../harness/systems/vrrp/live/judge-router-adverts.ts';

const sends = (node: string, source = 'fe80::1', lifetime_s = 1800) => ({ node, source, lifetime_s });
const judged = (seen: Partial<RouterAdvertsSeen>) => {
  const whole = { vip: '2001:db8:1::1', holders: ['r1'], adverts: [], sent_before: true, ...seen };
  return judgeRouterAdverts('router6', whole)?.record;
};

describe('who sends router advertisements', () => {
  test('the master alone', () => {
    expect(judged({ adverts: [sends('r1')] })).toEqual({
      name: 'router-adverts',
      verdict: 'pass',
      detail: "virtual router 'router6': only r1 (fe80::1) sends router advertisements",
    });
  });

  test('nobody, and nobody did: they are not in use', () => {
    expect(judged({ sent_before: false })).toBeUndefined();
    // One with a lifetime of 0 names no router.
    expect(judged({ sent_before: false, adverts: [sends('r2', 'fe80::2', 0)] })).toBeUndefined();
  });

  test.each<[string, Partial<RouterAdvertsSeen>, RegExp]>([
    [
      'a backup as well',
      { adverts: [sends('r1', 'fe80::a'), sends('r2', 'fe80::b')], sent_before: false },
      /: r2 \(fe80::b\) sends router advertisements though r1 holds 2001:db8:1::1: hosts take a backup for their router$/,
    ],
    ['a backup alone', { adverts: [sends('r2')] }, /: r2 \(fe80::1\) sends router advertisements though r1/],
    [
      'two backups',
      { adverts: [sends('r2'), sends('r3')] },
      /: r2 \(fe80::1\) and r3 \(fe80::1\) send router advertisements though r1/,
    ],
    [
      'nobody any more',
      {},
      /: r1 holds 2001:db8:1::1 and sends no router advertisements, which were sent before the fault: hosts lose/,
    ],
    ['somebody while nobody is master', { holders: [], adverts: [sends('r2')] }, /is held by nobody, r2/],
    ['two masters', { holders: ['r1', 'r2'], adverts: [sends('r1')] }, /is held by r1 and r2, r1/],
  ])('is wrong: %s', (_what, seen, detail) => {
    expect(judged(seen)).toMatchObject({ verdict: 'fail', detail: expect.stringMatching(detail) });
  });
});
