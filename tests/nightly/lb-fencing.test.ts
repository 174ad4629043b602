import { expect, test } from 'vitest';
import type { Trial } from '../../harness/journal/journal.ts';
import { eventsOf, placeOf, runCluster as run } from '../support/cluster-drills.ts';
import { metric } from '../support/drills.ts';
import { expectMetrics } from '../support/scenario.ts';

const ONE_OWNER = { 'vip.owners_max': 1, 'vip.two_owners_ms': 0 };

/** The nodes that BMCs turned off, in order. */
function turnedOff(trial: Trial): string[] {
  return eventsOf(trial, 'power-off').map((words) => /the BMC of (\S+) turns it off/.exec(words)![1]!);
}

test('lb/ring-cut: the node with the service is spared, and turns the other one off', async (context) => {
  const { trial } = await run(context, 'lb/ring-cut');
  const [owner] = placeOf(trial, 'haproxy', 'before');
  expectMetrics(trial, { ...ONE_OWNER, 'cluster.fenced': 1, 'cluster.moved': 0 });
  expect(turnedOff(trial)).not.toContain(owner);
  expect(eventsOf(trial, 'address')).toEqual([]);
});

test('lb/bmc-silent: nobody knows whether the node is off, so nothing moves', async (context) => {
  const { trial } = await run(context, 'lb/bmc-silent');
  expectMetrics(trial, { ...ONE_OWNER, 'cluster.moved': 0 });
  expect(metric(trial, 'fault2.cluster.fencing_failed')).toBeGreaterThan(0);
  expect(eventsOf(trial, 'fenced')).toContainEqual(expect.stringMatching(/^lb[12] could not be fenced: /));
  expect(turnedOff(trial)).toEqual([]);
});
