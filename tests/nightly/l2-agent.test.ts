/** The L2 agent dies, hangs, comes back: frames pass a switch without it. */
import { expect, test } from 'vitest';
import { metric } from '../support/drills.ts';
import { runScenario as run } from '../support/scenario.ts';

test('l2/agent-hang: an agent that hangs costs nothing, of flows that last and of new ones', async (context) => {
  const { trial } = await run(context, 'l2/agent-hang');
  expect(metric(trial, 'frames.sent')).toBeGreaterThan(1000);
  expect(trial.bounds['new.new_outage_ms']).toMatchObject({ low: 0, high: 0 });
});

test('l2/agent-restart: the old flows stay until the agent has written its own', async (context) => {
  const { trial } = await run(context, 'l2/agent-restart');
  expect(trial.bounds['udp.outage_ms']).toMatchObject({ low: 0, high: 0 });
});

test('l2/agent-restart-drop-flows: the control, without flows over the wire until the server answers', async (context) => {
  const { trial } = await run(context, 'l2/agent-restart-drop-flows');
  expect(trial.bounds['udp.outage_ms']).toMatchObject({ low: 2000, high: 2500 });
  expect(trial.bounds['frames.outage_ms']).toMatchObject({ low: 0, high: 500 });
  expect(metric(trial, 'udp.outage_ms')).toBeGreaterThan(metric(trial, 'frames.outage_ms'));
});
