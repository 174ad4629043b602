import path from 'node:path';
import { expect, type TestContext, test } from 'vitest';
import type { Journal, Trial } from '../../harness/journal/journal.ts';
import { RunResults } from '../support/folder.ts';
import { type Ended, hadrill } from '../support/hadrill.ts';
import { drillFile, expectNothingLeft } from '../support/labs.ts';

const MARGIN_MS = 100;
const NANOSECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/;

interface Finished extends Ended {
  journal: Journal;
  results: RunResults;
}

/** Runs a drill to its end and checks what holds for every journal. Starved by the machine: skipped, and says so. */
async function run(context: TestContext, drill: string, ...options: string[]): Promise<Finished> {
  const results = await RunResults.create();
  const args = ['run', drill, '--seed', '7', '--json', '--out', results.out, ...options];
  const done = await hadrill(args, { timeout_ms: 300_000 });
  expect([0, 1, 4], done.stderr).toContain(done.code);
  await expectNothingLeft(await results.lab());
  const journal = JSON.parse(done.stdout) as Journal;
  expect(done.code).toBe({ pass: 0, fail: 1, unknown: 4 }[journal.verdict]);
  checkContract(journal, drill);
  const starved = journal.trials.find(
    (trial) => trial.verdict === 'unknown' && /starved/.test(trial.reason ?? ''),
  );
  context.skip(starved !== undefined, `${drill}: ${starved?.reason}`);
  return { ...done, journal, results };
}

function checkContract(journal: Journal, drill: string): void {
  const name = drill.endsWith('.yml') ? path.basename(drill, '.drill.yml') : drill;
  expect(journal).toMatchObject({ schema: 'hadrill.journal/1', drill: name, seed: 7 });
  expect(journal.started_at).toMatch(NANOSECONDS);
  const { environment } = journal;
  expect(environment.kernel).toMatch(/^\d+\.\d+/);
  expect(environment.engine).toMatch(/^docker \d+\./);
  expect(environment.cpus).toBeGreaterThan(0);
  expect(environment.versions).toMatchObject({
    keepalived: expect.stringMatching(/^\d+\.\d+/),
    conntrackd: expect.stringMatching(/^\d+\.\d+/),
  });
  expect(Object.keys(environment.images).sort()).toEqual([
    'hadrill/endpoint',
    'hadrill/fabric',
    'hadrill/router',
  ]);
  for (const digest of Object.values(environment.images)) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  for (const [at, trial] of journal.trials.entries()) checkTrial(trial, at + 1);
}

function checkTrial(trial: Trial, index: number): void {
  expect(trial.index).toBe(index);
  expect(trial.faults, trial.reason).toHaveLength(1);
  const [fault] = trial.faults;
  expect(fault).toMatchObject({ verified: true, resolved: expect.stringMatching(/r[12]/) });
  expect(fault!.applied_at).toMatch(NANOSECONDS);
  expect(fault!.reverted_at).toMatch(NANOSECONDS);
  expect(Date.parse(fault!.reverted_at!)).toBeGreaterThan(Date.parse(fault!.applied_at));
  for (const metric of [
    'udp.outage_ms',
    'udp.outage_error_ms',
    'udp.lost',
    'udp.sent',
    'tcp.sessions',
    'tcp.survived',
  ]) {
    expect(trial.metrics, trial.reason).toHaveProperty([metric]);
  }
  expect(trial.audits.map((audit) => audit.name).sort()).toEqual(['nodes-running', 'one-owner']);
}

function metric(trial: Trial, name: string): number {
  expect(trial.metrics).toHaveProperty([name]);
  return trial.metrics[name]!;
}

/**
 * RFC 9568 §6.1 and keepalived's VRRPv2: a takeover lasts from Master_Down - one interval to Master_Down.
 * @param skew_ms VRRPv3: (256 - priority) x interval / 256; VRRPv2: (256 - priority) / 256 s.
 */
function expectTakeover(trial: Trial, advert_ms: number, skew_ms: number): void {
  const master_down_ms = 3 * advert_ms + skew_ms;
  for (const name of ['udp.outage_ms', 'vip.takeover_ms']) {
    const { low, high } = trial.bounds[name]!;
    expect([low, high]).toEqual([
      expect.closeTo(master_down_ms - advert_ms, 3),
      expect.closeTo(master_down_ms, 3),
    ]);
    expect(metric(trial, name)).toBeGreaterThanOrEqual(low - MARGIN_MS);
    expect(metric(trial, name)).toBeLessThanOrEqual(high + MARGIN_MS);
  }
}

test('l3/node-crash: takeover within the bound of the protocol, every session lives on', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/node-crash', '--trials', '2');
  expect(code, stderr).toBe(0);
  expect(journal.trials).toHaveLength(2);
  for (const trial of journal.trials) {
    expect(trial.verdict, trial.reason).toBe('pass');
    expectTakeover(trial, 1000, (206 / 256) * 1000);
    expect(trial.metrics).toMatchObject({ 'tcp.sessions': 50, 'tcp.survived_ratio': 1, 'vip.owners_max': 1 });
    expect(metric(trial, 'tcp.stall_ms')).toBeGreaterThan(metric(trial, 'udp.outage_ms') - 200);
    expect(metric(trial, 'udp.outage_error_ms')).toBeLessThan(20);
  }
  // The role moved, so the second trial hit the other router.
  const victims = journal.trials.map((trial) => trial.faults[0]!.resolved);
  expect(new Set(victims).size).toBe(2);
  expect(journal.summary['udp.outage_ms']).toMatchObject({ n: 2 });
  expect(journal.expectations.map((one) => one.verdict)).toEqual(
    Array(journal.expectations.length).fill('pass'),
  );
});

test('l3/node-crash-no-conntrackd: the control loses every session', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/node-crash-no-conntrackd');
  expect(code, stderr).toBe(0);
  expectTakeover(journal.trials[0]!, 1000, (206 / 256) * 1000);
  expect(journal.trials[0]!.metrics).toMatchObject({ 'tcp.survived_ratio': 0, 'tcp.survived': 0 });
});

test('l3/keepalived-kill: two owners, hardly an outage, and healed at the end', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/keepalived-kill');
  expect(code, stderr).toBe(0);
  const [trial] = journal.trials;
  expect(trial!.faults[0]!.resolved).toMatch(/^r[12]\/keepalived$/);
  expect(metric(trial!, 'vip.owners_max')).toBe(2);
  expect(metric(trial!, 'udp.outage_ms')).toBeLessThanOrEqual(500);
  expect(trial!.audits.map((audit) => audit.verdict)).toEqual(['pass', 'pass']);
});

test('l3/node-crash as Neutron configures it: VRRPv2, adverts every 2 s', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/node-crash', '--profile', 'neutron-default');
  expect(code, stderr).toBe(0);
  expect(journal.profile).toBe('neutron-default');
  expectTakeover(journal.trials[0]!, 2000, (206 / 256) * 1000);
  expect(metric(journal.trials[0]!, 'tcp.survived_ratio')).toBe(1);
});

test('a breached expectation ends with 1 and names metric, wanted and observed', async (context) => {
  const { code, journal, results, stderr } = await run(context, drillFile('breached'));
  expect(code, stderr).toBe(1);
  const [trial] = journal.trials;
  const observed = metric(trial!, 'udp.outage_ms');
  expect(observed).toBeGreaterThan(100);
  expect(trial!.verdict).toBe('fail');
  expect(journal.expectations[0]).toMatchObject({
    metric: 'udp.outage_ms',
    op: '<=',
    value: 100,
    observed,
    verdict: 'fail',
  });
  expect(stderr).toMatch(/^trial 1: fail: .*udp\.outage_ms.*100.*\d/m);
  const shown = await hadrill(['report', (await results.folder())!]);
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(/^FAIL +udp\.outage_ms +<= 100 ms +\d+ ms$/m);
});
