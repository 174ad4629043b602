import { expect, test } from 'vitest';
import { metric } from '../support/drills.ts';
import { runScenario as run } from '../support/scenario.ts';

test('l2/agent-kill: the agent is not in the path of frames', async (context) => {
  const { trial } = await run(context, 'l2/agent-kill');
  expect(metric(trial, 'frames.sent')).toBeGreaterThan(1000);
});

test('l2/vswitchd-kill: the agent finds a switch without flows at its next look', async (context) => {
  const { trial } = await run(context, 'l2/vswitchd-kill');
  expect(metric(trial, 'udp.outage_ms')).toBeGreaterThan(1000);
});

test('l2/vswitchd-kill-agent-dead: the control, nothing comes back', async (context) => {
  const { trial } = await run(context, 'l2/vswitchd-kill-agent-dead');
  expect(trial.outages.filter(({ probe }) => probe === 'udp')).toHaveLength(1);
});
