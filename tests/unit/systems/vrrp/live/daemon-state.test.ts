import { expect, test } from 'vitest';
import type { ProcessInfo } from '../../../../../harness/lab/agent-shapes.ts';
import { conntrackdAmong, keepalivedAmong } from '../../../../../harness/systems/vrrp/live/daemon-state.ts';

function one(pid: number, ppid: number, command: string, change: Partial<ProcessInfo> = {}): ProcessInfo {
  const argv = command.split(' ');
  return { pid, ppid, name: argv[0]!.split('/').at(-1)!, argv, state: 'S', start_ticks: pid, ...change };
}

const parent = one(50, 43, '/usr/sbin/keepalived --dont-fork');
const child = one(52, 50, '/usr/sbin/keepalived --dont-fork');
const others = [one(1, 0, '/usr/bin/tini'), one(43, 1, 'runsv /run/service/keepalived')];

test.each<[string, ProcessInfo[], string, number]>([
  ['nothing', [], 'none', 0],
  ['parent and child', [parent, child], 'runs', 52],
  ['a parent alone', [parent], 'child-missing', 50],
  ['a child alone', [{ ...child, ppid: 1 }], 'child-missing', 52],
  ['a stopped child', [parent, { ...child, state: 'T' }], 'stopped', 52],
  ['a stopped parent', [{ ...parent, state: 'T' }, child], 'stopped', 52],
  ['another child only', [parent, { ...child, name: 'keepalived_ipvs' }], 'child-missing', 50],
  ['a named child', [parent, { ...child, name: 'keepalived_vrrp' }], 'runs', 52],
])('keepalived: %s', (_, processes, state, pid) => {
  expect(keepalivedAmong([...others, ...processes])).toMatchObject({ state, pid });
});

test.each<[string, ProcessInfo[], string]>([
  ['nothing', [], 'none'],
  ['in the foreground', [one(47, 39, '/usr/sbin/conntrackd -C /etc/conntrackd/conntrackd.conf')], 'runs'],
  ['as a daemon', [one(47, 1, 'conntrackd -d')], 'runs'],
  ['stopped', [one(47, 1, 'conntrackd -d', { state: 'T' })], 'stopped'],
  ['a question to it', [one(60, 1, 'conntrackd -C /etc/conntrackd/conntrackd.conf -s')], 'none'],
  ['an order to it', [one(60, 1, 'conntrackd -c')], 'none'],
])('conntrackd: %s', (_, processes, state) => {
  expect(conntrackdAmong([...others, ...processes]).state).toBe(state);
});
