import { expect, test } from 'vitest';
import { judgeDaemons } from '../../../harness/audits/judge-daemons.ts';
import type { FaultFacts } from '../../../harness/journal/trial-facts.ts';
import type { NodeLook, SeenProcess } from '../../../harness/lab/node-look-shapes.ts';
import type { TrialOfAudit } from '../../../harness/systems/audit.ts';
import { nodeLook, otherProcess, seenNode, seenProcess } from '../../support/node-looks.ts';

const quiet: TrialOfAudit = { address_events: [] };
const was = [seenProcess(20, 'conntrackd'), seenProcess(10, 'keepalived')];
const AGAIN = seenProcess(30, 'conntrackd', { start_ticks: 99_000 });
const restarted = [was[1]!, AGAIN];

function judge(
  before: readonly SeenProcess[],
  after: readonly SeenProcess[],
  trial = quiet,
  more: Partial<NodeLook> = {},
  isMoved = (_node: string, _process: SeenProcess) => false,
) {
  const looks = {
    before: nodeLook([seenNode('r1', before)]),
    after: nodeLook([seenNode('r1', after)], more),
  };
  return judgeDaemons({ ...looks, trial, isMoved });
}

function faultAt(aim: FaultFacts['aim'], node = 'r1'): TrialOfAudit {
  const fault: FaultFacts = {
    label: 'the fault',
    before_ns: 0,
    after_ns: 0,
    victims: [node],
    stops_forwarding: false,
    ...(aim ? { aim } : {}),
  };
  return { fault, address_events: [] };
}

test('daemons that are the same processes are well', () => {
  expect(judge(was, was)).toEqual({
    name: 'daemons-kept',
    verdict: 'pass',
    detail: '2 daemons in 1 nodes are the processes that they were',
    notes: [],
  });
});

test('one that was started again without a fault is a finding with its name, its end and its age', () => {
  const ended = [{ node: 'r1', pid: 20, start_ticks: 20, name: 'conntrackd', status: 11 | 0x80 }];
  expect(judge(was, restarted, quiet, { ended })).toMatchObject({
    verdict: 'fail',
    detail:
      'conntrackd of r1 (process 20) ended (by SIGSEGV, with a core dump) and runs as process 30 for 10.0 s: ' +
      'no fault was aimed at it',
  });
});

test('one that ended and was not started again is a finding', () => {
  expect(judge(was, was.slice(1))).toMatchObject({
    verdict: 'fail',
    detail: expect.stringContaining(
      'conntrackd of r1 (process 20) ended and does not run any more',
    ) as string,
  });
});

test('a child of a daemon counts as the daemon does', () => {
  const family = [seenProcess(10, 'keepalived'), seenProcess(11, 'keepalived', { ppid: 10 })];
  const anew = [family[0]!, seenProcess(40, 'keepalived', { ppid: 10 })];
  expect(judge(family, anew).verdict).toBe('fail');
});

test('what a fault was aimed at is no finding, on that node alone', () => {
  const names = ['conntrackd'];
  expect(judge(was, restarted, faultAt({ ends: 'processes', names }))).toMatchObject({
    verdict: 'pass',
    notes: [],
  });
  expect(judge(was, restarted, faultAt({ ends: 'processes', names }, 'r2')).verdict).toBe('fail');
  expect(judge(was, restarted, faultAt({ ends: 'processes', names: ['keepalived'] })).verdict).toBe('fail');
});

test('what descends from it ends with it', () => {
  const family = [seenProcess(10, 'pacemakerd'), seenProcess(11, 'pacemaker-based', { ppid: 10 })];
  const anew = [seenProcess(30, 'pacemakerd'), seenProcess(31, 'pacemaker-based', { ppid: 30 })];
  const killed = faultAt({ ends: 'processes', names: ['pacemakerd'] });
  expect(judge(family, anew, killed)).toMatchObject({ verdict: 'pass', notes: [] });
});

test('a fault that may do anything to the node excuses it, and a reader is told', () => {
  const judged = judge(was, restarted, faultAt({ ends: 'any', names: [] }));
  expect(judged.verdict).toBe('pass');
  expect(judged.notes).toEqual([
    "conntrackd of r1 (process 20) ended and runs as process 30 for 10.0 s (it may come of 'the fault')",
  ]);
  expect(judge(was, restarted, faultAt({ ends: 'none', names: [] })).verdict).toBe('fail');
});

test('a node that was started again has other processes', () => {
  const first = otherProcess(1, 'tini', { ppid: 0, start_ticks: 50 });
  const before = nodeLook([seenNode('r1', was)]);
  const after = nodeLook([{ ...seenNode('r1', []), processes: [first, ...restarted] }]);
  expect(judgeDaemons({ before, after, trial: quiet, isMoved: () => false })).toMatchObject({
    verdict: 'pass',
    detail: '0 daemons in 0 nodes are the processes that they were; 1 node was started again',
  });
});

test('what a system moves is its own affair', () => {
  expect(judge(was, restarted, quiet, {}, (_, { name }) => name === 'conntrackd').verdict).toBe('pass');
});

test('a service of the user’s own that ends where an address moved is a note', () => {
  const own = seenProcess(50, 'beacon', { daemon: false });
  const moved: TrialOfAudit = {
    address_events: [{ at_ns: 1, node: 'r1', change: 'removed', address: '198.18.1.1' }],
  };
  expect(judge([...was, own], was, moved)).toMatchObject({ verdict: 'pass', notes: [expect.any(String)] });
  expect(judge([...was, own], was).verdict).toBe('fail');
});

test('a script that has still its daemon’s name at the look is none', () => {
  const script = seenProcess(60, 'keepalived', { ppid: 10, start_ticks: 99_990 });
  expect(judge([...was, script], was).verdict).toBe('pass');
});
