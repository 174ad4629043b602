import { expect, test } from 'vitest';
import { metric } from '../support/drills.ts';
import { expectMetrics, runScenario as run } from '../support/scenario.ts';

test('reschedule: the standbys of a dead node are on the third, with the sessions', async (context) => {
  const { trial } = await run(context, 'l3-ha/reschedule');
  const moves = trial.timeline.filter(({ event }) => event === 'rescheduled').map(({ detail }) => detail);
  expect(moves).toEqual([
    "the replica of router 'r1' on node1 is given to node3",
    "the replica of router 'r2' on node1 is given to node2",
  ]);
  expect(metric(trial, 'l3.redundancy_ms')).toBeGreaterThan(metric(trial, 'l3.reschedule_ms'));
  expect(metric(trial, 'l3.exposure_ms')).toBeGreaterThanOrEqual(metric(trial, 'l3.redundancy_ms'));
});

test('fail-back, and its control with a late HA port', async (context) => {
  expectMetrics((await run(context, 'l3-ha/fail-back')).trial, { 'vip.owners_max': 1 });
  const { trial } = await run(context, 'l3-ha/fail-back-late-port');
  expectMetrics(trial, { 'vip.owners_max': 2 });
});

test('split-brain: two owners while the HA port is cut', async (context) => {
  const { trial } = await run(context, 'l3-ha/split-brain');
  expect(metric(trial, 'vip.two_owners_ms')).toBeGreaterThan(2000);
});

test('two-nodes-cannot-reschedule: the control, without a standby until the node is back', async (context) => {
  const { trial } = await run(context, 'l3-ha/two-nodes-cannot-reschedule');
  expect(trial.metrics).not.toHaveProperty(['l3.redundancy_ms']);
  expect(trial.bounds).not.toHaveProperty(['l3.redundancy_ms']);
});

test('crash-after-respawn: sessions survive the second crash too', async (context) => {
  const { trial } = await run(context, 'l3-ha/crash-after-respawn');
  expect(trial.faults.map(({ resolved }) => resolved.split(' ')[0])).toEqual(['host:node1', 'host:node2']);
  expectMetrics(trial, { 'tcp.reset': 0, 'tcp.survived_ratio': 1 });
});

test('ha-link-cut: one owner; planned: the skew time', async (context) => {
  expectMetrics((await run(context, 'l3-ha/ha-link-cut')).trial, { 'vip.owners_max': 1 });
  const { trial } = await run(context, 'l3-ha/planned');
  expect(trial.bounds['vip.takeover_ms']!.high).toBeLessThan(1000);
});
