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

test('fail-back-late-port: two masters until the port hears again', async (context) => {
  const { trial } = await run(context, 'l3-ha/fail-back-late-port');
  expectMetrics(trial, { 'vip.owners_max': 2 });
});
