import { expect, test } from 'vitest';
import { judgeLog, type LogLine, type NodeLog } from '../../../harness/audits/judge-log.ts';
import type { FaultFacts } from '../../../harness/journal/trial-facts.ts';
import { liveSystems } from '../../../harness/systems/live.ts';

const news = liveSystems.flatMap(({ bad_news = [] }) => bad_news);
const BUG = 'keepalived: BUG - signal_fd init failed - 24 (Too many open files), please report';
const LATE = 'keepalived: A thread timer expired 1.200000 seconds ago';
const quiet = { address_events: [] };

function judge(
  lines: readonly LogLine[],
  trial: Parameters<typeof judgeLog>[2] = quiet,
  more: Partial<NodeLog> = {},
) {
  return judgeLog([{ node: 'r1', lines, ...more }], news, trial);
}

function faultAt(victims: string[]) {
  const fault: FaultFacts = { label: 'it', before_ns: 5, after_ns: 6, stops_forwarding: false, victims };
  return { ...quiet, fault };
}

test('what daemons usually say is no bad news', () => {
  const usual = [
    'keepalived: (router) Entering MASTER STATE',
    'keepalived: (router) Master received advert from 169.254.192.2 with higher priority 101, ours 100',
    'conntrackd: [notice] committed all external cache entries',
    'dnsmasq: DHCPNAK(eth1) 198.18.1.7 02:00:00:00:00:07 wrong address',
    'ovs-vswitchd: 2026-11-29T07:00:00Z|00012|poll_loop|INFO|wakeup due to [POLLIN]',
    'pacemaker: notice: Result of monitor operation for haproxy on lb1: ok',
  ];
  expect(judge(usual.map((text) => ({ at_ns: 1, text })))).toEqual({
    name: 'log-news',
    verdict: 'pass',
    detail: '6 lines of 1 nodes were read, none with bad news',
    notes: [],
  });
});

test('a mistake of a daemon’s own is a finding, with its line and how often it came', () => {
  const found = judge([
    { at_ns: 1, text: BUG },
    { at_ns: 2, text: BUG },
  ]);
  expect(found).toMatchObject({ verdict: 'fail', notes: [] });
  expect(found.detail).toBe(`r1 logged '${BUG}', 2 times: keepalived has met a mistake of its own`);
});

test('what a busy machine may do is a note', () => {
  expect(judge([{ at_ns: 1, text: LATE }])).toMatchObject({
    verdict: 'pass',
    notes: [`r1 logged '${LATE}': keepalived woke up too late`],
  });
});

test('from a fault of the node on it is a note; before it, and at other nodes, a failure', () => {
  expect(judge([{ at_ns: 7, text: BUG }], faultAt(['r1']))).toMatchObject({
    verdict: 'pass',
    notes: [`r1 logged '${BUG}': keepalived has met a mistake of its own, after the fault`],
  });
  expect(judge([{ at_ns: 4, text: BUG }], faultAt(['r1'])).verdict).toBe('fail');
  expect(judge([{ at_ns: 7, text: BUG }], faultAt(['r2'])).verdict).toBe('fail');
});

test('what the user does not want to hear of is not heard', () => {
  expect(judge([{ at_ns: 1, text: BUG }], quiet, { ignored: /signal_fd/ })).toMatchObject({
    verdict: 'pass',
    notes: [],
  });
});

test('a log that could not be read is named', () => {
  expect(judge([], quiet, { gap: 'it could not be read: no such container' }).notes).toEqual([
    'the log of r1: it could not be read: no such container',
  ]);
});
