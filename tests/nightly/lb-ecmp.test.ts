import { expect, test } from 'vitest';
import { metric } from '../support/drills.ts';
import { expectMetrics, runScenario as run } from '../support/scenario.ts';

test('lb-ecmp/haproxy-kill: its check takes the address back', async (context) => {
  const { trial } = await run(context, 'lb-ecmp/haproxy-kill');
  expectMetrics(trial, { 'http.nodes': 3 });
  // Whoever lost a session has another one, at another node.
  expect(metric(trial, 'tcp.lost')).toBeGreaterThan(0);
  expect(metric(trial, 'tcp.reconnected')).toBe(metric(trial, 'tcp.lost'));
});

test('lb-ecmp/haproxy-kill-unchecked: the control, its share is refused until healing', async (context) => {
  const { trial } = await run(context, 'lb-ecmp/haproxy-kill-unchecked');
  // A share, and not all: the others serve.
  expect(metric(trial, 'http.failed')).toBeLessThan(0.5 * metric(trial, 'http.requests'));
  expect(trial.missing_metrics).toHaveProperty(
    ['ecmp.withdrawn_ms'],
    expect.stringMatching(/kept its route/),
  );
});

test('lb-ecmp/haproxy-hang: the kernel takes connections until the check has failed', async (context) => {
  const { trial } = await run(context, 'lb-ecmp/haproxy-hang');
  expect(metric(trial, 'http.failed') + metric(trial, 'http.late')).toBeGreaterThan(0);
});

test('lb-ecmp/node-stop: BIRD takes leave', async (context) => {
  const { trial } = await run(context, 'lb-ecmp/node-stop');
  expect(metric(trial, 'tcp.lost')).toBeGreaterThan(0);
});

test('lb-ecmp/node-returns-plain: the control, its return breaks sessions of others', async (context) => {
  const { trial } = await run(context, 'lb-ecmp/node-returns-plain');
  expect(metric(trial, 'ecmp.flows')).toBeGreaterThan(0);
});
