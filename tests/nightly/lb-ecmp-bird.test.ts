/** The routing daemon of a balancer is lost, and HAProxy is not: who is still sent there is served. */
import { expect, test } from 'vitest';
import { metric } from '../support/drills.ts';
import { expectMetrics, runScenario as run } from '../support/scenario.ts';

test('lb-ecmp/bird-kill: the kernel closes its connection', async (context) => {
  const { trial } = await run(context, 'lb-ecmp/bird-kill');
  expectMetrics(trial, { 'http.outage_ms': 0 });
  // Its sessions go to nodes that do not know them.
  expect(metric(trial, 'tcp.lost')).toBeGreaterThan(0);
});

test('lb-ecmp/bird-hang: BFD misses it', async (context) => {
  const { trial } = await run(context, 'lb-ecmp/bird-hang');
  expect(trial.bounds['ecmp.withdrawn_ms']).toMatchObject({ low: 600, high: 900 });
});

test('lb-ecmp/bird-hang-hold-time: the control, the hold time misses it', async (context) => {
  const { trial } = await run(context, 'lb-ecmp/bird-hang-hold-time');
  expect(metric(trial, 'ecmp.withdrawn_ms')).toBeGreaterThan(3000);
});
