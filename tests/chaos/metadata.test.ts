import { expect, test } from 'vitest';
import { eventsOf, placeOf, runCluster as run, wordOf } from '../support/cluster-drills.ts';
import { metric } from '../support/drills.ts';
import { expectMetrics } from '../support/scenario.ts';

test('metadata/agent-kill: the agent and its address move, and each instance keeps its own metadata', async (context) => {
  const { trial } = await run(context, 'metadata/agent-kill');
  const [victim] = placeOf(trial, 'metadata-agent', 'before');
  expect(trial.faults[0]!.resolved).toBe(`${victim}/metadata-agent`);
  expect(placeOf(trial, 'metadata-agent', 'during')).not.toEqual([victim]);
  expect(eventsOf(trial, 'detected')).toEqual([
    expect.stringMatching(`^the monitor of metadata-agent on ${victim} fails`),
  ]);
  for (const vm of ['vm1', 'vm2']) {
    expectMetrics(trial, {
      [`${vm}.wrong_instance`]: 0,
      [`${vm}.wrong_content`]: 0,
      [`${vm}.status_403`]: 0,
    });
    // The proxies try again until somebody has the agent's address.
    expect(metric(trial, `${vm}.failed`) + metric(trial, `${vm}.late`)).toBeGreaterThan(0);
    expect(trial.bounds[`${vm}.outage_ms`]!.from).toMatch(/^Pacemaker: monitor/);
  }
  expect(wordOf(trial, 'during').failures).toHaveLength(1);
});

test('metadata/local-socket: the control, a router without an agent beside it has no metadata', async (context) => {
  const { trial } = await run(context, 'metadata/local-socket');
  expect(metric(trial, 'vm1.status_503')).toBeGreaterThan(0);
});
