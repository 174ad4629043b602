import { expect, test } from 'vitest';
import { metric } from '../support/drills.ts';
import { expectMetrics, runScenario as run } from '../support/scenario.ts';

test('ha-blackhole: two owners', async (context) => {
  const { trial } = await run(context, 'l3-ha/ha-blackhole');
  expect(metric(trial, 'vip.two_owners_ms')).toBeGreaterThan(2000);
});

test('one-way-ha: the old owner gives up; on the side of the standby nothing moves', async (context) => {
  expectMetrics((await run(context, 'l3-ha/one-way-ha')).trial, { 'vip.takeovers': 1, 'vip.owners_max': 1 });
  expectMetrics((await run(context, 'l3-ha/one-way-ha-standby')).trial, { 'vip.takeovers': 0 });
});

test('isolate-owner: the standby serves alone; with the carriers gone there is one owner', async (context) => {
  const { trial } = await run(context, 'l3-ha/isolate-owner');
  expect(trial.bounds['udp.outage_ms']!.high).toBeCloseTo(3805, 0);
  expectMetrics((await run(context, 'l3-ha/isolate-owner-carrier')).trial, { 'vip.owners_max': 1 });
});

test('isolate-standby: two owners, of whom one is unheard', async (context) => {
  expectMetrics((await run(context, 'l3-ha/isolate-standby')).trial, { 'udp.outage_ms': 0 });
});

test.for(['inside', 'outside'])(
  '%s-link-cut: nobody moves; tracked: the skew time',
  async (port, context) => {
    expectMetrics((await run(context, `l3-ha/${port}-link-cut`)).trial, { 'vip.takeovers': 0 });
    const { trial } = await run(context, `l3-ha/${port}-link-cut-tracked`);
    expect(trial.bounds['vip.takeover_ms']!.high).toBeLessThan(1000);
  },
);

test('gateway-lost, and with a check of the gateway', async (context) => {
  expectMetrics((await run(context, 'l3-ha/gateway-lost')).trial, { 'vip.takeovers': 0 });
  expectMetrics((await run(context, 'l3-ha/gateway-lost-checked')).trial, { 'vip.takeovers': 1 });
});

test('flap: half a second without carrier is a takeover, each time; untracked it is nothing', async (context) => {
  expectMetrics((await run(context, 'l3-ha/flap')).trial, { 'vip.takeovers': 3, 'udp.outages': 3 });
  expectMetrics((await run(context, 'l3-ha/flap-untracked')).trial, { 'vip.takeovers': 0, 'udp.lost': 0 });
});

test('preempt: the router is taken back', async (context) => {
  const { trial } = await run(context, 'l3-ha/preempt');
  expect(metric(trial, 'rejoin.failback_ms')).toBeGreaterThan(0);
});
