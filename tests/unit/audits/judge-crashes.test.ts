import { expect, test } from 'vitest';
import { judgeCrashes } from '../../../harness/audits/judge-crashes.ts';
import type { FaultFacts } from '../../../harness/journal/trial-facts.ts';
import type { EndedProcess } from '../../../harness/lab/node-look-shapes.ts';
import { nodeLook, seenNode, seenProcess } from '../../support/node-looks.ts';

const before = nodeLook([seenNode('r1', [seenProcess(10, 'keepalived'), seenProcess(20, 'conntrackd')])]);
const quiet = { address_events: [] };
const SIGKILL = 9;
const SIGSEGV = 11;
const SIGABRT = 6;
const CORE = 0x80;

function ended(status: number | null): EndedProcess {
  return { node: 'r1', pid: 20, start_ticks: 20, name: 'conntrackd', status };
}

function judge(status: number | null, fault?: Partial<FaultFacts>) {
  const facts: FaultFacts = { label: 'it', before_ns: 0, after_ns: 0, stops_forwarding: false, ...fault };
  const after = nodeLook([seenNode('r1', [seenProcess(10, 'keepalived')])], { ended: [ended(status)] });
  return judgeCrashes(before, after, { ...quiet, ...(fault ? { fault: facts } : {}) });
}

test.for([
  [SIGSEGV, 'conntrackd of r1 (process 20) was ended by SIGSEGV'],
  [SIGABRT | CORE, 'conntrackd of r1 (process 20) was ended by SIGABRT, with a core dump'],
] as const)('status %i is a crash', ([status, detail]) => {
  expect(judge(status)).toEqual({ name: 'no-crash', verdict: 'fail', detail, notes: [] });
});

test.for([0, 1 << 8, SIGKILL, 15])('status %i is none', (status) => {
  expect(judge(status)).toMatchObject({ verdict: 'pass', notes: [] });
});

test('where the kernel does not say how a process ended, the audit says that', () => {
  expect(judge(null).detail).toBe(
    'of 2 processes of daemons and services 1 ended, none by a crash; how 1 of them ended is not known ' +
      '(Linux 6.15 says it); no core dump is beside them',
  );
});

test('what a fault has sent is no crash; another end of its victim is a note', () => {
  const aim = { ends: 'processes' as const, names: ['conntrackd'] };
  expect(judge(SIGSEGV, { victims: ['r1'], aim, signal: 'SIGSEGV' })).toMatchObject({
    verdict: 'pass',
    notes: [],
  });
  expect(judge(SIGSEGV, { victims: ['r1'], aim, signal: 'SIGTERM' })).toMatchObject({
    verdict: 'pass',
    notes: ["conntrackd of r1 (process 20) was ended by SIGSEGV (it may come of 'it')"],
  });
  expect(judge(SIGSEGV, { victims: ['r2'], aim, signal: 'SIGSEGV' }).verdict).toBe('fail');
});

test('one that died between two trials is found by the later one', () => {
  const early = { ...before, ended: [ended(SIGSEGV)] };
  expect(judgeCrashes(early, before, quiet).verdict).toBe('fail');
});

test('a core dump that was not there is a finding; where they go elsewhere the audit says so', () => {
  const dumped = nodeLook([seenNode('r1', [], { cores: ['/core', '/core.17'] })]);
  const old = nodeLook([seenNode('r1', [], { cores: ['/core'] })]);
  expect(judgeCrashes(old, dumped, quiet).detail).toBe('r1 has the core dump /core.17');
  const piped = nodeLook([seenNode('r1', [])], { core_pattern: '|/usr/lib/systemd/systemd-coredump %P' });
  expect(judgeCrashes(before, piped, quiet).detail).toContain(
    "core dumps are not in the nodes' folders: the machine's core_pattern is '|/usr/lib/systemd/systemd-coredump %P'",
  );
});
