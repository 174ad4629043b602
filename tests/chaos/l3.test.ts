import { expect, test } from 'vitest';
import { expectPhases, expectTakeover, metric, runOrSkip as run } from '../support/drills.ts';
import { hadrill } from '../support/hadrill.ts';
import { drillFile } from '../support/labs.ts';
import { expectTsharkReads } from '../support/other-reader.ts';
import { expectSameAgain } from '../support/scenario.ts';

test('l3/node-crash: takeover within the bound of the protocol, every session lives on', async (context) => {
  const { code, journal, results, stderr } = await run(context, 'l3/node-crash', '--trials', '2');
  expect(code, stderr).toBe(0);
  expect(journal.trials).toHaveLength(2);
  for (const trial of journal.trials) {
    expect(trial.verdict, trial.reason).toBe('pass');
    expect(trial.audits.map(({ name }) => name)).toContain('conntrack-sync');
    expectTakeover(trial, 1000, (206 / 256) * 1000);
    expect(trial.outages[0]).toMatchObject({ probe: 'udp', open: false });
    const { low, high } = trial.bounds['vip.detection_ms']!;
    expect(metric(trial, 'vip.detection_ms')).toBeGreaterThanOrEqual(low - 1);
    expect(metric(trial, 'vip.detection_ms')).toBeLessThanOrEqual(high + 10);
    expect(trial.metrics).toMatchObject({ 'tcp.sessions': 50, 'tcp.survived_ratio': 1, 'vip.owners_max': 1 });
    expect(metric(trial, 'tcp.stall_ms')).toBeGreaterThan(metric(trial, 'udp.outage_ms') - 200);
  }
  expectPhases(journal.trials);
  // The role moved, so the second trial hit the other router.
  const victims = journal.trials.map((trial) => trial.faults[0]!.resolved);
  expect(new Set(victims).size).toBe(2);
  expect(journal.summary['udp.outage_ms']).toMatchObject({ n: 2 });
  expect(journal.expectations.map((one) => one.verdict)).toEqual(
    Array(journal.expectations.length).fill('pass'),
  );
  await expectSameAgain(journal, results);
  await expectTsharkReads(context, (await results.folder())!);
});

test('l3/node-crash-no-conntrackd: the control loses every session', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/node-crash-no-conntrackd');
  expect(code, stderr).toBe(0);
  expectTakeover(journal.trials[0]!, 1000, (206 / 256) * 1000);
  expect(journal.trials[0]!.metrics).toMatchObject({ 'tcp.survived_ratio': 0, 'tcp.survived': 0 });
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
