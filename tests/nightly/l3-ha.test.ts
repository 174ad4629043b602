import { expect, test } from 'vitest';
import type { RouterRow } from '../../harness/systems/vrrp/findings/router-rows.ts';
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
  // The takeover and the two owners make up the cut; they end with the first advertisement behind it.
  const { applied_at, reverted_at } = trial.faults[0]!;
  const cut_ms = Date.parse(reverted_at!) - Date.parse(applied_at);
  const [row] = trial.systems!.vrrp as RouterRow[];
  const { shared, claims, ended } = row!.split!;
  const [{ from_ms, to_ms, nodes }] = shared as [(typeof shared)[number]];
  expect(nodes).toEqual(['r1-node1', 'r1-node2']);
  const healing_ms = metric(trial, 'vip.address_ms') + metric(trial, 'vip.two_owners_ms');
  expect(to_ms).toBeGreaterThanOrEqual(healing_ms - 1);
  expect(to_ms).toBeLessThan(cut_ms + 1200);
  expect(from_ms).toBeCloseTo(metric(trial, 'vip.address_ms'), 3);
  expect(claims[0]).toMatchObject({ node: 'r1-node2', kind: 'announcement' });
  expect(ended).toMatchObject({ node: 'r1-node1', heard: { node: 'r1-node2', priority: 50 } });
  expect(trial.notes?.join()).toContain('r1-node1 and r1-node2 both held 198.18.1.1');
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
