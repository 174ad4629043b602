import path from 'node:path';
import { expect, test } from 'vitest';
import type { Journal } from '../../harness/journal/journal.ts';
import { freshFile, RunResults } from '../support/folder.ts';
import { hadrill, REPOSITORY } from '../support/hadrill.ts';
import { expectNothingLeft, freshLab, topologyFile } from '../support/labs.ts';

/** Its healing fails whatever is done before. */
const drillOf = (target: string, revert: string) => `
description: what cannot be healed
topology: ${path.join(REPOSITORY, 'topologies/l3/l3.clab.yml')}
variables: { ADVERT_INT: "0.1" }
probes:
  udp: { kind: udp, from: client, to: server, address: 203.0.113.1, interval: 5ms }
fault: { kind: exec, target: ${target}, options: { apply: touch /run/broken, revert: "${revert}" } }
hold: { steady: 500ms, settled: 200ms, rejoin: 500ms }
expect:
  - { metric: udp.outage_ms, op: "<=", value: 5000 }
`;

test('a fault that cannot be healed: that trial is unknown, the next has a lab of its own', async () => {
  const results = await RunResults.create();
  const drill = await freshFile('unhealed.drill.yml', drillOf('client', 'false'));
  const done = await hadrill(['run', drill, '--trials', '2', '--seed', '1', '--json', '--out', results.out], {
    timeout_ms: 300_000,
  });
  expect(done.code, done.stderr).toBe(4);
  const { trials, repeated = [] } = JSON.parse(done.stdout) as Journal;
  expect(trials[0]).toMatchObject({ verdict: 'unknown' });
  expect(trials[0]!.reason).toContain("'false' on 'client' ended with 1");
  expect(trials[0]!.reason).toContain('not by making its nodes anew');
  const later = [...repeated, trials[1]!].flatMap(({ notes = [] }) => notes);
  expect(later.join('\n')).toContain(
    'the lab was built anew before this trial: trial 1 could not heal exec of client',
  );
  expect(trials[1]!.reason, 'it could be applied in a new lab').toContain('ended with 1');
  const events = (await results.events()).map(({ event }) => event);
  const given_up = events.filter((event) => event === 'not-healed').length;
  expect(given_up).toBeGreaterThanOrEqual(2);
  expect(
    events.filter((event) => event === 'heal-step'),
    'the end of a trial tries no more',
  ).toHaveLength(3 * given_up);
  await expectNothingLeft(await results.lab());
});

test('a fault that a new node heals: that trial is unknown and tells the steps, and the lab stays', async () => {
  const results = await RunResults.create();
  const drill = await freshFile('unhealed.drill.yml', drillOf('backup(router)', 'test ! -e /run/broken'));
  const done = await hadrill(['run', drill, '--trials', '2', '--seed', '1', '--json', '--out', results.out], {
    timeout_ms: 300_000,
  });
  expect(done.code, done.stderr).toBe(4);
  const { trials } = JSON.parse(done.stdout) as Journal;
  for (const { verdict, reason, faults } of trials) {
    expect(verdict).toBe('unknown');
    expect(reason).toContain('healed by making its nodes anew');
    expect(faults[0]!.healing?.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      'revert failed',
      'replug left-out',
      'recreate healed',
    ]);
    expect(faults[0]!.reverted_at).not.toBeNull();
  }
  const events = (await results.events()).map(({ event }) => event);
  expect(events.filter((event) => event === 'heal-step')).toHaveLength(6);
  expect(events).not.toContain('rebuild');
  await expectNothingLeft(await results.lab());
});

test('by hand: exit code 4, and the way out', async () => {
  const name = freshLab('unhealed');
  const up = await hadrill(['up', topologyFile('small'), '--name', name]);
  expect(up, up.stderr).toMatchObject({ code: 0 });
  const options = ['--option', 'apply=touch /run/broken', '--option', 'revert=false'];
  const { code, stderr } = await hadrill(['fault', name, 'exec', 'a', ...options, '--for', '1s']);
  expect(code, stderr).toBe(4);
  expect(stderr).toContain(`hadrill down ${name}`);
});
