import { expect, test } from 'vitest';
import { metric } from '../support/drills.ts';
import { expectMetrics, runScenario as run } from '../support/scenario.ts';

test('router-kill: the standby takes over, with the sessions', async (context) => {
  expectMetrics((await run(context, 'l3-ha/router-kill')).trial, {
    'vip.takeovers': 1,
    'tcp.survived_ratio': 1,
  });
});

test('vrrp-child-kill costs Master_Down, keepalived-kill the skew time', async (context) => {
  const child = (await run(context, 'l3-ha/vrrp-child-kill')).trial;
  const parent = (await run(context, 'l3-ha/keepalived-kill')).trial;
  expect(metric(child, 'udp.outage_ms')).toBeGreaterThan(2700);
  expect(metric(parent, 'udp.outage_ms')).toBeLessThan(1000);
});

test('keepalived-kill-all: two owners', async (context) => {
  expectMetrics((await run(context, 'l3-ha/keepalived-kill-all')).trial, { 'vip.owners_max': 2 });
});

test('keepalived-hang: two owners; the parent alone: nothing moves', async (context) => {
  expectMetrics((await run(context, 'l3-ha/keepalived-hang')).trial, { 'vip.owners_max': 2 });
  expectMetrics((await run(context, 'l3-ha/keepalived-hang-parent')).trial, { 'vip.takeovers': 0 });
});
