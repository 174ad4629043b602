import { expect, test } from 'vitest';
import { metric } from '../support/drills.ts';
import { expectMetrics, runScenario as run } from '../support/scenario.ts';

test('node-crash: two routers move, each within its bound, and the others notice nothing', async (context) => {
  const { trial } = await run(context, 'l3-ha/node-crash');
  for (const router of ['r1', 'r4']) {
    const bound = trial.bounds[`${router}.outage_ms`]!;
    expect(metric(trial, `${router}.outage_ms`)).toBeGreaterThan(bound.low - 100);
    expect(metric(trial, `${router}.outage_ms`)).toBeLessThan(bound.high + 100);
  }
  expectMetrics(trial, { 'r2.lost': 0, 'r3.lost': 0, 'tcp3.reset': 0, 'tcp3.stalled': 0 });
  const rows = trial.systems?.['l3-ha'] ?? [];
  expect(rows).toContainEqual({
    ...{ when: 'before', router: 'r1' },
    hosts: { node1: 'active', node2: 'standby', node3: 'spare' },
  });
  expect(rows).toContainEqual({
    ...{ when: 'during', router: 'r4' },
    hosts: { node1: 'down', node2: 'active', node3: 'spare' },
  });
});

test('node-crash-no-conntrackd: the control, in which every session of a router that moves dies', async (context) => {
  const { trial } = await run(context, 'l3-ha/node-crash-no-conntrackd');
  expectMetrics(trial, { 'tcp.survived_ratio': 0, 'r2.lost': 0 });
});
