import { expect, test } from 'vitest';
import { eventsOf, placeOf, runCluster as run, wordOf } from '../support/cluster-drills.ts';
import { expectMetrics } from '../support/scenario.ts';

test('metadata/agent-hang: an agent that does not answer has failed', async (context) => {
  const { trial } = await run(context, 'metadata/agent-hang');
  expect(wordOf(trial, 'during').failures).toEqual([expect.stringMatching(/does not answer/)]);
});

test('metadata/node-crash: routers and agent are on the other node', async (context) => {
  const { trial } = await run(context, 'metadata/node-crash');
  const [victim] = placeOf(trial, 'metadata-agent', 'before');
  expect(wordOf(trial, 'during').nodes[victim!]).toBe('offline');
  expect(eventsOf(trial, 'first-advert')).not.toEqual([]);
});

test('metadata/active-active-node-crash: who is on the other node notices nothing', async (context) => {
  const { trial } = await run(context, 'metadata/active-active-node-crash');
  expectMetrics(trial, { 'vm2.outage_ms': 0, 'vm2.failed': 0 });
  expect(placeOf(trial, 'metadata-agent', 'before')).toHaveLength(2);
  expect(placeOf(trial, 'metadata-agent', 'during')).toHaveLength(1);
});
