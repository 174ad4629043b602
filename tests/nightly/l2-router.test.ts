import { expect, test } from 'vitest';
import { metric } from '../support/drills.ts';
import { expectMetrics, runScenario as run } from '../support/scenario.ts';

test('l2-router/router-node-vswitchd: a takeover, and one owner when the switch is back', async (context) => {
  const { trial } = await run(context, 'l2-router/router-node-vswitchd');
  // The router's bound and the switch's table are in one report.
  expect(trial.bounds['udp.outage_ms']?.from).toMatch(/^VRRPv3/);
  expect(Object.keys(trial.systems ?? {}).toSorted()).toEqual(['l2', 'vrrp']);
  expectMetrics(trial, { 'vip.owners_max': 2, 'vip.owners_left': 1, 'l2.flows_missing': 0 });
});

test('l2-router/router-node-vswitchd-agent-dead: the control, two owners until the healing', async (context) => {
  const { trial } = await run(context, 'l2-router/router-node-vswitchd-agent-dead');
  expectMetrics(trial, { 'vip.owners_left': 2 });
  expect(metric(trial, 'l2.flows_missing')).toBeGreaterThan(0);
  expect(trial.timeline.map(({ detail }) => detail).join('\n')).toMatch(
    /two owners: r1 and r2 hold 198\.18\.1\.1/,
  );
});

test('l2-router/agent-drop-flows: an agent that starts moves a router', async (context) => {
  const { trial } = await run(context, 'l2-router/agent-drop-flows');
  expectMetrics(trial, { 'vip.takeovers': 1, 'vip.owners_left': 1 });
});

test('l2-router/agent-keep-flows: the control, nothing moves', async (context) => {
  const { trial } = await run(context, 'l2-router/agent-keep-flows');
  expectMetrics(trial, { 'vip.takeovers': 0 });
});
