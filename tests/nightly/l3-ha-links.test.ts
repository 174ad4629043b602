import { expect, test } from 'vitest';
import { metric } from '../support/drills.ts';
import { expectMetrics, runScenario as run } from '../support/scenario.ts';

test('one-way-ha: the role moves, and the old owner gives up', async (context) => {
  expectMetrics((await run(context, 'l3-ha/one-way-ha')).trial, { 'vip.takeovers': 1, 'vip.owners_max': 1 });
});

test('inside-link-cut: nobody takes over', async (context) => {
  expectMetrics((await run(context, 'l3-ha/inside-link-cut')).trial, { 'vip.takeovers': 0 });
});

test('inside-link-cut-tracked: the skew time', async (context) => {
  const { trial } = await run(context, 'l3-ha/inside-link-cut-tracked');
  expect(trial.bounds['vip.takeover_ms']!.high).toBeLessThan(1000);
});

test('gateway-lost, and with a check of the gateway', async (context) => {
  expectMetrics((await run(context, 'l3-ha/gateway-lost')).trial, { 'vip.takeovers': 0 });
  expectMetrics((await run(context, 'l3-ha/gateway-lost-checked')).trial, { 'vip.takeovers': 1 });
});

test('flap: half a second without carrier is a takeover, each time', async (context) => {
  expectMetrics((await run(context, 'l3-ha/flap')).trial, { 'vip.takeovers': 3, 'udp.outages': 3 });
});

test('preempt: the router is taken back', async (context) => {
  const { trial } = await run(context, 'l3-ha/preempt');
  expect(metric(trial, 'rejoin.failback_ms')).toBeGreaterThan(0);
});
