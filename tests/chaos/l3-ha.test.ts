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
  expectMetrics(trial, {
    'untouched.routers': 2,
    'untouched.lost_datagrams': 0,
    'untouched.lost_sessions': 0,
  });
  expect(trial.parts?.['vip.takeover_ms']?.map(({ of }) => of)).toEqual(['r1', 'r4']);
  expect(trial.systems?.vrrp).toMatchObject([
    { router: 'r1', touched: true, from: 'r1-node1', to: 'r1-node2', probes: ['r1', 'tcp1'] },
    { router: 'r2', touched: false, owners_max: 1, lost: 0, probes: ['r2', 'tcp2'] },
    { router: 'r3', touched: false, owners_max: 1, lost: 0, probes: ['r3', 'tcp3'] },
    { router: 'r4', touched: true, from: 'r4-node1', to: 'r4-node2', probes: ['r4', 'tcp4'] },
  ]);
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
