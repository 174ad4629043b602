import { expect, test } from 'vitest';
import { metric } from '../support/drills.ts';
import { expectMetrics, runScenario as run } from '../support/scenario.ts';

test('lb-active/haproxy-kill: a refused connection goes to the other address at once', async (context) => {
  const done = await run(context, 'lb-active/haproxy-kill');
  expectMetrics(done.trial, { 'both.late': 0, 'both.nodes': 2 });
});

test('lb-active/passive-haproxy-kill: the control, everybody loses', async (context) => {
  const { trial } = await run(context, 'lb-active/passive-haproxy-kill');
  expect(metric(trial, 'both.failed')).toBeGreaterThan(50);
});

test('lb-active/haproxy-hang: connections are still taken, so a second address does not help', async (context) => {
  const { trial } = await run(context, 'lb-active/haproxy-hang');
  expect(metric(trial, 'both.failed') + metric(trial, 'both.late')).toBeGreaterThan(50);
});

test('lb-active/node-stop: the address is gone for the skew time', async (context) => {
  const { trial } = await run(context, 'lb-active/node-stop');
  expect(metric(trial, 'one.outage_ms')).toBeGreaterThan(0);
});

test('lb-active/rolling-stop: one node after the other, and whoever knows both misses nothing', async (context) => {
  const { trial } = await run(context, 'lb-active/rolling-stop');
  expectMetrics(trial, { 'one.nodes': 2, 'other.nodes': 2 });
});
