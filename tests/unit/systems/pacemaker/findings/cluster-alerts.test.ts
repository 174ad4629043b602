import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  alertsSince,
  parseAlerts,
} from '../../../../../harness/systems/pacemaker/findings/cluster-alerts.ts';

const LOST = '1795395477.004021\tnode\tlb2\t\t\t\t\t\t\tlost\n';
const FAILED = '1795395435.912345\tresource\tlb1\thaproxy\tmonitor\t1000\t7\t0\t31\tNot running\n';
const STARTED = '1795395436.100000\tresource\tlb2\tvip\tstart\t0\t0\t0\t139\tok\n';

test('what a member heard when another was lost and came back', () => {
  const text = readFileSync(new URL('../../../../fixtures/cluster/alerts', import.meta.url), 'utf8');
  expect(parseAlerts(text).map(({ kind, node, task, desc }) => [kind, node, task, desc])).toEqual([
    ['resource', 'n1', 'start', 'OK'],
    ['node', 'n1', undefined, 'lost'],
    ['resource', 'n2', 'start', 'OK'],
    ['resource', 'n2', 'monitor', 'OK'],
    ['node', 'n1', undefined, 'member'],
  ]);
});

test('a member that is lost', () => {
  expect(parseAlerts(LOST)).toEqual([
    { at_epoch_ns: 1795395477004021000n, kind: 'node', node: 'lb2', desc: 'lost' },
  ]);
});

test('operations of resource agents', () => {
  expect(parseAlerts(FAILED + STARTED)).toEqual([
    {
      at_epoch_ns: 1795395435912345000n,
      kind: 'resource',
      node: 'lb1',
      resource: 'haproxy',
      task: 'monitor',
      interval_ms: 1000,
      rc: 7,
      status: 0,
      exec_ms: 31,
      desc: 'Not running',
    },
    expect.objectContaining({ resource: 'vip', task: 'start', interval_ms: 0, rc: 0, exec_ms: 139 }),
  ]);
});

test('what is written after the point are microseconds, however many digits they have', () => {
  const [alert] = parseAlerts(LOST.replace('.004021', '.4021'));
  expect(alert!.at_epoch_ns).toBe(1795395477004021000n);
});

test.each([LOST, FAILED, STARTED])('a line that is cut anywhere is left out', (line) => {
  for (let length = 0; length < line.length; length += 1) {
    expect(parseAlerts(STARTED + line.slice(0, length))).toHaveLength(1);
  }
});

test('lines that are none are left out', () => {
  expect(parseAlerts(`\nhello\n1.5\tnode\tlb1\nx.1\tnode\tlb1\t\t\t\t\t\t\tlost\n${LOST}`)).toHaveLength(1);
});

test('of what was written since the lab was built, a trial keeps its own lines', () => {
  const text = `1795395400.1\tnode\told\nno time\n${LOST}${STARTED}`;
  expect(alertsSince(text, 1795395430.5)).toBe(`no time\n${LOST}${STARTED}`);
  expect(alertsSince(text, 0)).toBe(text);
  expect(alertsSince('', 5)).toBe('');
});

test('a number that is none is left out', () => {
  const [alert] = parseAlerts(STARTED.replace('\t139\t', '\tlong\t').replace('start\t0\t0', 'start\t0\t-1'));
  expect(alert).not.toHaveProperty('exec_ms');
  expect(alert!.rc).toBe(-1);
});
