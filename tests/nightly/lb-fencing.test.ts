import { expect, test } from 'vitest';
import type { Trial } from '../../harness/journal/journal.ts';
import {
  eventsOf,
  expectFenced,
  expectWithin,
  placeOf,
  runCluster as run,
} from '../support/cluster-drills.ts';
import { metric } from '../support/drills.ts';
import { expectMetrics } from '../support/scenario.ts';

const ONE_OWNER = { 'vip.owners_max': 1, 'vip.two_owners_ms': 0 };

/** The nodes that BMCs turned off, in order. */
function turnedOff(trial: Trial): string[] {
  return eventsOf(trial, 'power-off').map((words) => /the BMC of (\S+) turns it off/.exec(words)![1]!);
}

/** The nodes that somebody asked to be fenced, by name. */
function askedFor(trial: Trial): string[] {
  const asked = eventsOf(trial, 'fencing').map((words) => /asks for (\S+) to be fenced/.exec(words)![1]!);
  return [...new Set(asked)].toSorted();
}

/** From the takeover to the healing. */
function expectTwoOwners(trial: Trial): void {
  const from_ms = metric(trial, 'cluster.address_ms');
  const to_ms = trial.timeline.find(({ event }) => event === 'heal')!.at_ms;
  expect(Math.abs(metric(trial, 'cluster.two_owners_ms') - (to_ms - from_ms))).toBeLessThan(1);
}

test('lb/ring-cut: the node with the service is spared, and turns the other one off', async (context) => {
  const { trial } = await run(context, 'lb/ring-cut');
  const [owner] = placeOf(trial, 'haproxy', 'before');
  expectMetrics(trial, { ...ONE_OWNER, 'cluster.fenced': 1, 'cluster.moved': 0 });
  expect(turnedOff(trial)).not.toContain(owner);
  expect(eventsOf(trial, 'address')).toEqual([]);
});

test('lb/ring-cut-no-fencing: the control, the other one takes over beside it', async (context) => {
  const { trial } = await run(context, 'lb/ring-cut-no-fencing');
  const [owner] = placeOf(trial, 'haproxy', 'before');
  expectMetrics(trial, { 'vip.owners_max': 2, 'cluster.fenced': 0 });
  expectTwoOwners(trial);
  expect(eventsOf(trial, 'detected')).toEqual([`Pacemaker counts ${owner} as lost`]);
});

test('lb/split-brain: the node that is cut off is turned off before the other one takes over', async (context) => {
  const { trial } = await run(context, 'lb/split-brain');
  const [owner] = placeOf(trial, 'haproxy', 'before');
  // It is on again and still cut off.
  expectMetrics(trial, {
    ...ONE_OWNER,
    'cluster.fenced': 1,
    'cluster.moved': 2,
    'cluster.members_online': 1,
  });
  expect(turnedOff(trial)).toEqual([owner]);
  expectFenced(trial, owner!);
  // Clients lose it with its wires, not with its power.
  expectWithin(trial, 'http.outage_ms', 300);
});

test('lb/split-brain-no-fencing: the control, two owners on either side', async (context) => {
  const { trial } = await run(context, 'lb/split-brain-no-fencing');
  const [owner] = placeOf(trial, 'haproxy', 'before');
  expectMetrics(trial, { 'vip.owners_max': 2, 'cluster.fenced': 0 });
  expectTwoOwners(trial);
  expect(eventsOf(trial, 'detected')).toEqual([`Pacemaker counts ${owner} as lost`]);
  expectWithin(trial, 'http.outage_ms', 300);
});

test('lb/fence-race: whoever fences lb1 waits, so lb1 is left', async (context) => {
  const { trial } = await run(context, 'lb/fence-race');
  expectMetrics(trial, { ...ONE_OWNER, 'cluster.fenced': 1, 'cluster.resources_running': 2 });
  // Both had asked for it.
  expect(askedFor(trial)).toEqual(['lb1', 'lb2']);
  expect(turnedOff(trial)).toEqual(['lb2']);
  expect(placeOf(trial, 'haproxy', 'during')).toEqual(['lb1']);
});

test('lb/fence-race-no-delay: the control, each turns the other one off', async (context) => {
  const { trial } = await run(context, 'lb/fence-race-no-delay');
  expectMetrics(trial, { ...ONE_OWNER, 'cluster.fenced': 2 });
  expect(askedFor(trial)).toEqual(['lb1', 'lb2']);
  expect(turnedOff(trial).toSorted()).toEqual(['lb1', 'lb2']);
  // Who is turned on again in time waits for the other one.
  expect(eventsOf(trial, 'address')).toEqual([]);
});

test('lb/fence-loop: the node that was fenced comes back and waits', async (context) => {
  const { trial } = await run(context, 'lb/fence-loop');
  const [owner] = placeOf(trial, 'haproxy', 'before');
  expectMetrics(trial, { ...ONE_OWNER, 'cluster.fenced': 1, 'cluster.moved': 0 });
  expect(turnedOff(trial)).not.toContain(owner);
  expect(eventsOf(trial, 'power-on')).toHaveLength(1);
});

test('lb/fence-loop-no-wait: the control, they turn each other off in turn', async (context) => {
  const { trial } = await run(context, 'lb/fence-loop-no-wait');
  expectMetrics(trial, ONE_OWNER);
  expect(metric(trial, 'cluster.fenced')).toBeGreaterThanOrEqual(3);
  const turns = turnedOff(trial);
  for (const [at, node] of turns.entries()) expect(node).not.toBe(turns[at - 1]);
});

test('lb/bmc-silent: nobody knows whether the node is off, so nothing moves', async (context) => {
  const { trial } = await run(context, 'lb/bmc-silent');
  expectMetrics(trial, { ...ONE_OWNER, 'cluster.moved': 0 });
  expect(metric(trial, 'fault2.cluster.fencing_failed')).toBeGreaterThan(0);
  expect(eventsOf(trial, 'fenced')).toContainEqual(expect.stringMatching(/^lb[12] could not be fenced: /));
  // When the BMC answers again, an attempt of Pacemaker's may still be under way, and succeed.
  const healed_ms = trial.timeline.find(({ event }) => event === 'heal')!.at_ms;
  const before = trial.timeline.filter(({ at_ms }) => at_ms < healed_ms);
  expect(turnedOff({ ...trial, timeline: before })).toEqual([]);
});

test('lb/bmc-refuses: a node that cannot be turned off keeps its address, so nothing moves', async (context) => {
  const { trial } = await run(context, 'lb/bmc-refuses');
  const [owner] = placeOf(trial, 'haproxy', 'before');
  expectMetrics(trial, { ...ONE_OWNER, 'cluster.moved': 0 });
  expect(metric(trial, 'fault2.cluster.fencing_failed')).toBeGreaterThan(0);
  expect(eventsOf(trial, 'fenced')).toContainEqual(
    expect.stringMatching(new RegExp(`^${owner} could not be fenced: `)),
  );
  expect(eventsOf(trial, 'address')).toEqual([]);
});

test('lb/bmc-refuses-crash: the control, of a node that is off the BMC says so', async (context) => {
  const { trial } = await run(context, 'lb/bmc-refuses-crash');
  const [owner] = placeOf(trial, 'haproxy', 'before');
  expectMetrics(trial, { ...ONE_OWNER, 'cluster.moved': 2 });
  expect(turnedOff(trial)).toEqual([]);
  expect(eventsOf(trial, 'fenced')).toContain(`${owner} counts as fenced`);
});
