import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sleep } from '../../harness/ground/wait.ts';
import type { Journal } from '../../harness/journal/journal.ts';
import { OF_ANY_LAB } from '../support/audit-scene.ts';
import { RunResults } from '../support/folder.ts';
import { hadrill, startHadrill } from '../support/hadrill.ts';
import { drillFile, expectNothingLeft } from '../support/labs.ts';
import { skipIfStarved } from '../support/skip-starved.ts';

const argsOf = (drill: string, results: RunResults) => [
  ...['run', drillFile(drill), '--seed', '1', '--json', '--out', results.out],
];

test('three faults: each has its moment, and the lab is whole again after', async (context) => {
  const results = await RunResults.create();
  const done = await hadrill(argsOf('three-faults', results), { timeout_ms: 170_000 });
  await expectNothingLeft(await results.lab());
  expect(done.stdout, done.stderr).not.toBe('');
  const [, page] = /^report: (.*\/report\.html)$/m.exec(done.stderr) ?? [];
  expect(readFileSync(page!, 'utf8')).toMatch(/^<!doctype html>.*The same as a list/s);
  const { trials } = JSON.parse(done.stdout) as Journal;
  const trial = trials[0]!;
  skipIfStarved(context, 'three-faults', trials);
  expect(trial.reason).toBeUndefined();

  expect(trial.faults.map(({ kind, verified }) => [kind, verified])).toEqual([
    ['restart', true],
    ['hang', true],
    ['crash', true],
  ]);
  const [restarted, hung, crashed] = trial.faults;
  // Aimed at who is master when its turn comes: that is the other one after the first.
  expect(hung!.resolved).not.toBe(restarted!.resolved);
  // Two that both believe to be master settle it by their addresses when the hung one goes on.
  expect(crashed!.resolved).toMatch(/^host:node([12]) \(r\1\)$/);
  expect(Date.parse(hung!.reverted_at!), 'healed at its time').toBeLessThan(Date.parse(crashed!.applied_at));

  const told = trial.timeline.filter(({ event }) => ['fault', 'heal', 'node-back'].includes(event));
  expect(told.map(({ event, detail }) => `${event}: ${detail}`)).toEqual([
    expect.stringMatching(/^fault: restart of r[12]\/keepalived \(SIGTERM\)$/),
    expect.stringMatching(/^fault: hang of r[12]\/keepalived$/),
    expect.stringMatching(/^heal: healing began: hang of r[12]\/keepalived$/),
    expect.stringMatching(/^node-back: healed: hang of r[12]\/keepalived$/),
    expect.stringMatching(/^fault: crash of host:node[12] \(r[12]\)$/),
    'heal: healing began',
    'node-back: healed',
  ]);
  const at = told.map(({ at_ms }) => at_ms);
  expect(at[0]).toBe(0);
  expect(at[1], 'after').toBeGreaterThan(500);
  expect(at[2]! - at[1]!, 'heal').toBeGreaterThanOrEqual(1500);
  expect(at[2]! - at[1]!, 'heal').toBeLessThan(2500);
  expect(at[4]! - at[3]!, 'after').toBeGreaterThanOrEqual(500);
  expect(trial.audits.map(({ name, verdict }) => [name, verdict])).toEqual([
    ...OF_ANY_LAB.map((name) => [name, 'pass']),
    ['one-owner', 'pass'],
    ['vrrp-redundancy', 'pass'],
    ['conntrack-sync', 'pass'],
  ]);
  const events = (await results.events()).map(({ event }) => event);
  // Those before belong to an attempt that the machine starved.
  expect(events.slice(-7)).toEqual(['apply', 'apply', 'revert', 'apply', 'revert', 'revert', 'end']);
});

test('Ctrl-C between two faults heals what is broken', async () => {
  const results = await RunResults.create();
  const command = startHadrill(argsOf('long-pause', results));
  await command.said(/^trial 1: hang of server$/m);
  await sleep(300);
  command.signal('SIGINT');
  const done = await command.ended;
  expect(done.code, done.stderr).toBe(130);
  expect(done.stderr).toMatch(/^hadrill: interrupted: everything was healed and the lab removed$/m);
  await expectNothingLeft(await results.lab());
  expect((await results.events()).map(({ event }) => event)).toEqual(['start', 'apply', 'revert', 'end']);
});

test('a later fault that cannot be applied: everything is healed, and nothing is known', async () => {
  const results = await RunResults.create();
  const done = await hadrill(argsOf('impossible-second', results));
  expect(done.code, done.stderr).toBe(4);
  const { trials } = JSON.parse(done.stdout) as Journal;
  expect(trials[0]).toMatchObject({
    verdict: 'unknown',
    reason: expect.stringMatching(
      /^fault 2 of 2 could not be applied: no process named 'nobody' runs on 'server'; these do: boot/,
    ),
    faults: [{ kind: 'hang', verified: true, reverted_at: expect.any(String) }],
  });
  expect((await results.events()).map(({ event }) => event)).toEqual([
    'start',
    'apply',
    'apply',
    'revert',
    'end',
  ]);
  await expectNothingLeft(await results.lab());
});
