import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type HandTrial, measure, openLab } from '../../harness/index.ts';
import type { Trial } from '../../harness/journal/journal.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { OF_ANY_LAB } from '../support/audit-scene.ts';
import { freshFolder } from '../support/folder.ts';
import { REPOSITORY } from '../support/hadrill.ts';
import { freshName, removeLabs } from '../support/labs.ts';

const udp = { kind: 'udp', from: 'client', to: 'server', address: '203.0.113.1' } as const;
const name = freshName('node-audits');
let lab: Lab;

beforeAll(async () => {
  const variables = { ADVERT_INT: '0.1' };
  lab = await openLab(`${REPOSITORY}/topologies/l3/l3.clab.yml`, { name, variables });
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

async function inNode(node: string, script: string): Promise<void> {
  const done = await lab.exec(node, ['sh', '-c', script]);
  expect(done, done.stderr).toMatchObject({ exit_code: 0 });
}

/** A trial in which something happens that is not its fault: a client's wire is cut for a moment. */
async function whileCut(work: (trial: HandTrial) => Promise<unknown>): Promise<Trial> {
  const trial = await measure(lab, { out: await freshFolder(), probes: { udp }, hold: { rejoin: '1s' } });
  onTestFinished(() => trial[Symbol.asyncDispose]());
  await trial.fault('cut', 'client:inside', { for: '300ms' });
  await work(trial);
  const { journal } = await trial.result();
  return journal.trials[0]!;
}

function auditOf(trial: Trial, audit: string) {
  return trial.audits.find((one) => one.name === audit);
}

/** Without what the probe says of its numbers. */
function ownNotes({ notes = [] }: Trial): string[] {
  return notes.filter((note) => !note.startsWith('udp: '));
}

test('nothing is found where nothing happens', async () => {
  const trial = await whileCut(() => Promise.resolve());
  for (const audit of OF_ANY_LAB) expect(auditOf(trial, audit)).toMatchObject({ verdict: 'pass' });
  expect(ownNotes(trial)).toEqual([]);
});

test('a conntrackd that dies and is started again', async () => {
  const trial = await whileCut(() =>
    inNode('r2', 'kill -SEGV $(pidof conntrackd) && sleep 0.3 && sv once conntrackd'),
  );
  expect(trial.verdict).toBe('fail');
  expect(auditOf(trial, 'daemons-kept')).toMatchObject({
    verdict: 'fail',
    detail: expect.stringMatching(
      /^conntrackd of r2 \(process \d+\) ended( \(by SIGSEGV.*?\))? and runs as process \d+ for \d/,
    ) as string,
  });
});

test('a child of keepalived that dies: its parent starts another one', async () => {
  const trial = await whileCut(() =>
    inNode('r2', 'kill -SEGV $(pgrep -P $(pgrep -o keepalived) keepalived)'),
  );
  expect(auditOf(trial, 'daemons-kept')).toMatchObject({
    verdict: 'fail',
    detail: expect.stringMatching(/^keepalived of r2 \(process \d+\) ended/) as string,
  });
  expect(auditOf(trial, 'log-news')).toMatchObject({
    verdict: 'fail',
    detail: expect.stringMatching(/r2 logged '.*exited due to segmentation fault/) as string,
  });
});

test('a process and an interface that are left behind', async () => {
  const trial = await whileCut(() =>
    inNode('server', 'setsid sleep 1234 > /dev/null 2>&1 & ip link add left9 type bridge'),
  );
  expect(auditOf(trial, 'no-strays')).toMatchObject({
    verdict: 'fail',
    detail: expect.stringMatching(
      /^sleep 1234 \(process \d+\) runs on server and did not before the fault, server has the interface left9,/,
    ) as string,
  });
  const next = await whileCut(() =>
    inNode('server', 'pkill -x sleep -f -- "sleep 1234"; ip link delete left9'),
  );
  expect(auditOf(next, 'no-strays')?.detail).toBe('server has lost its interface left9');
});

test('what somebody runs in a node from outside, and what a command of the drill ends, are notes', async () => {
  const running: Promise<unknown>[] = [];
  const trial = await measure(lab, { out: await freshFolder(), probes: { udp }, hold: { rejoin: '1s' } });
  onTestFinished(() => trial[Symbol.asyncDispose]());
  await trial.fault('exec', 'r2', {
    options: { apply: 'pkill -x conntrackd; sleep 0.3; sv once conntrackd', revert: 'true' },
  });
  running.push(lab.exec('client', ['sleep', '25']));
  const { journal } = await trial.result();
  const [only] = journal.trials;
  for (const audit of OF_ANY_LAB) expect(auditOf(only!, audit)).toMatchObject({ verdict: 'pass' });
  expect(ownNotes(only!)).toEqual([
    expect.stringMatching(/^conntrackd of r2 .* \(it may come of '.*' on r2'\)$/),
    expect.stringMatching(/^sleep 25 \(process \d+\) runs on client: somebody has started it from outside$/),
  ]);
  await Promise.all(running);
});

test('an address that two nodes of a segment have', async () => {
  const trial = await whileCut(() => inNode('server', 'ip address add 203.0.113.10/24 dev outside; true'));
  expect(ownNotes(trial)).toContainEqual(
    expect.stringMatching(/^(r[12] and server|server and r[12]) have 203\.0\.113\.10 on /) as string,
  );
  await inNode('server', 'ip address delete 203.0.113.10/24 dev outside');
});

test('a daemon that keeps opening descriptors, from its eighth trial on', async () => {
  const leak = [
    'import time',
    'kept = []',
    'while True:',
    '    kept.extend(open("/dev/null") for _ in range(5))',
    '    time.sleep(1)',
  ].join('\n');
  const start = `import os; os.execv("/usr/bin/python3", ["dnsmasq", "-c", ${JSON.stringify(leak)}])`;
  await inNode('server', `setsid python3 -c '${start}' > /dev/null 2>&1 &`);
  for (let at = 1; at < 8; at++)
    expect(auditOf(await whileCut(() => Promise.resolve()), 'no-growth')?.detail ?? 'none').toContain('none');
  expect(ownNotes(await whileCut(() => Promise.resolve()))).toContainEqual(
    expect.stringMatching(
      /^dnsmasq of server \(process \d+\) has \d+ descriptors open, and had \d+: \d+ trials$/,
    ) as string,
  );
});
