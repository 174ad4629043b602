import { expect, test } from 'vitest';
import type { ConntrackdStats } from '../../../../../harness/systems/vrrp/findings/conntrackd-stats.ts';
import type { ConntrackdSeen } from '../../../../../harness/systems/vrrp/live/conntrackd-seen.ts';
import {
  type ConntrackdPair,
  judgeConntrack,
} from '../../../../../harness/systems/vrrp/live/judge-conntrack.ts';

const stats: ConntrackdStats = { channel: 'ha', sent: 10, received: 10, internal: 51, external: 0 };
const master: ConntrackdSeen = { node: 'r1', daemon: 'runs', ran_before: true, stats };
const standby: ConntrackdSeen = {
  node: 'r2',
  daemon: 'runs',
  ran_before: true,
  stats: { ...stats, internal: 0, external: 51 },
};

/** The later look has sent and received more, but for what is given. */
function pair(later: ConntrackdSeen, moved: { sent?: number; received?: number } = {}) {
  if (!later.stats) return { earlier: later, later };
  const { sent = 2, received = 2 } = moved;
  const counts = { sent: later.stats.sent! - sent, received: later.stats.received! - received };
  return { earlier: { ...later, stats: { ...later.stats, ...counts } }, later };
}

function judged(...pairs: ConntrackdPair[]): [string, string] {
  const { name, verdict, detail } = judgeConntrack("virtual router 'router'", pairs, 'r1');
  expect(name).toBe('conntrack-sync');
  return [verdict, detail];
}

test('a standby that hears its master and has its sessions', () => {
  expect(judged(pair(master), pair(standby))).toEqual([
    'pass',
    "virtual router 'router': conntrackd runs and answers on r1 and r2; r1 has 51 sessions, r2 knows 51 (counted, not compared)",
  ]);
});

test.each<[string, Partial<ConntrackdSeen>, string]>([
  ['lost', { daemon: 'none' }, 'r2 came back without conntrackd'],
  [
    'missing from the beginning',
    { daemon: 'none', ran_before: false },
    'conntrackd runs on r1 and not on r2',
  ],
  ['hanging', { daemon: 'stopped' }, 'conntrackd is stopped on r2'],
  ['silent', { silence: 'no answer' }, 'the conntrackd of r2 does not answer (no answer)'],
])('a conntrackd that is %s fails', (_, change, words) => {
  const { stats: _stats, ...rest } = standby;
  const [verdict, detail] = judged(pair(master), pair({ ...rest, ...change }));
  expect(verdict).toBe('fail');
  expect(detail).toContain(`: ${words}: sessions would be lost`);
});

test('one that receives nothing while its peer sends fails', () => {
  expect(judged(pair(master), pair(standby, { received: 0 }))).toEqual([
    'fail',
    expect.stringContaining('the conntrackd of r2 receives nothing from r1 over ha'),
  ]);
  // Nobody said anything: Mode ALARM does so for 15 s at a time.
  expect(judged(pair(master, { sent: 0 }), pair(standby, { received: 0 }))[0]).toBe('pass');
});

test('counters that began anew between the looks tell nothing of what was received', () => {
  const again = 'the conntrackd of r2 started again while it was looked at';
  expect(judged(pair(master), pair(standby, { sent: -5, received: -5 }))[1]).toContain(again);
});

test('one that did not answer the earlier look has not shown that it started again', () => {
  const { stats: _stats, ...silent } = standby;
  const once = { earlier: silent, later: standby };
  expect(judged(pair(master), once)).toEqual([
    'unknown',
    "virtual router 'router': the conntrackd of r2 answered only once: whether it hears its peers is not known",
  ]);
  // What is wrong besides is not hidden by it.
  const empty = { ...standby, stats: { ...standby.stats!, external: 0 } };
  expect(judged(pair(master), { earlier: silent, later: empty })).toEqual([
    'fail',
    expect.stringMatching(/answered only once.*r2 knows 0 of the 51 sessions of r1/),
  ]);
});

test.each<[string, Partial<ConntrackdStats>, string]>([
  ['none of the sessions', { external: 0 }, 'fail'],
  ['less than nine tenths of them', { external: 45 }, 'fail'],
  ['nearly all', { external: 47 }, 'pass'],
  ['more than the master has', { external: 60 }, 'pass'],
  ['no external cache', { external: undefined }, 'pass'],
])('a standby with %s: %s', (_, change, verdict) => {
  const one = { ...standby, stats: { ...standby.stats!, ...change } };
  expect(judged(pair(master), pair(one))[0]).toBe(verdict);
});

test('daemons that only count are not a pair', () => {
  const counting = [master, standby].map(({ stats: _stats, ...rest }) => pair(rest));
  expect(judged(...counting)).toEqual(['pass', expect.stringContaining('synchronises nothing')]);
});

test('how many it knows is in the reason', () => {
  const one = { ...standby, stats: { ...standby.stats!, external: 3 } };
  expect(judged(pair(master), pair(one))[1]).toContain('r2 knows 3 of the 51 sessions of r1');
});
