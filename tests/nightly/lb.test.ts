import { expect, test } from 'vitest';
import {
  eventsOf,
  expectFenced,
  expectWithin,
  placeOf,
  runCluster as run,
  wordOf,
} from '../support/cluster-drills.ts';
import { metric } from '../support/drills.ts';
import { expectMetrics } from '../support/scenario.ts';

test('lb/haproxy-hang-pid-only: the control, a monitor of processes sees nothing', async (context) => {
  const { trial } = await run(context, 'lb/haproxy-hang-pid-only');
  expect(eventsOf(trial, 'detected')).toEqual([]);
  expect(placeOf(trial, 'haproxy', 'during')).toEqual(placeOf(trial, 'haproxy', 'before'));
});

test('lb/standby: an administrator moves the service', async (context) => {
  const { trial } = await run(context, 'lb/standby');
  const [victim] = placeOf(trial, 'haproxy', 'before');
  expect(wordOf(trial, 'during').nodes[victim!]).toBe('standby');
  expectMetrics(trial, { 'cluster.failures': 0, 'cluster.members_online': 1 });
});

test('lb/backend-crash: the cluster has nothing to do, HAProxy has', async (context) => {
  const { trial } = await run(context, 'lb/backend-crash');
  expect(eventsOf(trial, 'detected')).toEqual([]);
  expectMetrics(trial, { 'http.backends': 2, 'cluster.failures': 0 });
});

test('lb/pacemaker-kill: what Pacemaker started goes on without it', async (context) => {
  const { trial } = await run(context, 'lb/pacemaker-kill');
  expect(eventsOf(trial, 'stopped')).toEqual([]);
  expect(metric(trial, 'http.failed')).toBe(0);
});

test('lb/vip-removed: the monitor of the address misses it', async (context) => {
  const { trial } = await run(context, 'lb/vip-removed');
  expect(eventsOf(trial, 'detected')).toEqual([expect.stringMatching(/^the monitor of vip on lb[12] fails/)]);
  expectWithin(trial, 'http.outage_ms', 300);
});

test('lb/restart-in-place: the control, with the default threshold nothing moves', async (context) => {
  const { trial } = await run(context, 'lb/restart-in-place');
  expect(placeOf(trial, 'haproxy', 'during')).toEqual(placeOf(trial, 'haproxy', 'before'));
  expect(eventsOf(trial, 'address')).toEqual([]);
  expectMetrics(trial, { 'cluster.failures': 1, 'tcp.survived': 0, 'tcp.reconnected': 20 });
});

test('lb/corosync-kill: the node that is lost and serves on is turned off first', async (context) => {
  const { trial } = await run(context, 'lb/corosync-kill');
  const [victim] = placeOf(trial, 'haproxy', 'before');
  expectMetrics(trial, {
    'vip.owners_max': 1,
    'vip.two_owners_ms': 0,
    'cluster.fenced': 1,
    'cluster.moved': 2,
  });
  expectFenced(trial, victim!);
});

test('lb/corosync-kill-no-fencing: the control, there are two owners', async (context) => {
  const { trial } = await run(context, 'lb/corosync-kill-no-fencing');
  expectMetrics(trial, { 'vip.owners_max': 2, 'cluster.fenced': 0, 'cluster.members_online': 1 });
  expect(metric(trial, 'vip.two_owners_ms')).toBeGreaterThan(1000);
  expect(eventsOf(trial, 'stopped')).toEqual([]);
  expect(eventsOf(trial, 'power-off')).toEqual([]);
});

test('lb/node-stop: what leaves in good order is stopped first', async (context) => {
  const { trial } = await run(context, 'lb/node-stop');
  const [victim] = placeOf(trial, 'haproxy', 'before');
  expect(eventsOf(trial, 'stopped').map((text) => text.split(',')[0])).toEqual([
    `haproxy is stopped on ${victim}`,
    `vip is stopped on ${victim}`,
  ]);
  expect(trial.metrics).not.toHaveProperty(['cluster.detection_ms']);
});

test('lb/node-crash: corosync loses the node, Pacemaker starts what ran there', async (context) => {
  const { trial } = await run(context, 'lb/node-crash');
  const [victim] = placeOf(trial, 'haproxy', 'before');
  expect(eventsOf(trial, 'detected')).toEqual([`Pacemaker counts ${victim} as lost`]);
  // It is off already: that is found, and it is turned on again.
  expect(eventsOf(trial, 'power-off')).toEqual([]);
  expect(eventsOf(trial, 'fenced')).toEqual([`${victim} counts as fenced`]);
  expectWithin(trial, 'cluster.fencing_ms', 0);
  expect(eventsOf(trial, 'stopped')).toEqual([]);
  expectWithin(trial, 'cluster.detection_ms', 100);
  expectMetrics(trial, { 'tcp.survived': 0, 'tcp.reconnected': 20 });
  // Nobody says goodbye for the dead node: users wait until they give up.
  expect(metric(trial, 'tcp.given_up')).toBeGreaterThan(0);
});

test('lb/haproxy-hang: its agent asks it for a page, and gets none', async (context) => {
  const { trial } = await run(context, 'lb/haproxy-hang');
  expect(eventsOf(trial, 'detected')).toEqual([
    expect.stringMatching(/^the monitor of haproxy on lb[12] fails/),
  ]);
  expect(wordOf(trial, 'during').failures).toEqual([expect.stringMatching(/does not answer/)]);
  expectWithin(trial, 'http.outage_ms', 300);
});

test('lb/three-nodes-two-crashes: one goes on with two, the last one alone stops', async (context) => {
  const { trial } = await run(context, 'lb/three-nodes-two-crashes');
  const [first, second] = trial.faults.map(({ resolved }) => /\((lb\d)\)/.exec(resolved)?.[1]);
  expect(new Set([first, second]).size).toBe(2);
  expect(placeOf(trial, 'haproxy', 'before')).toEqual([first]);
  const { nodes, resources, with_quorum } = wordOf(trial, 'during');
  expect(Object.values(nodes).sort()).toEqual(['offline', 'offline', 'online']);
  expect(with_quorum).toBe(false);
  expect(resources.flatMap((one) => one.nodes)).toEqual([]);
  // The first crash cost seconds, the second lasts until the healing.
  const outages = trial.outages.filter(({ probe }) => probe === 'http');
  expect(outages).toHaveLength(2);
  expect(outages[0]!.outage_ms).toBeLessThan(6000);
  expectWithin(trial, 'fault2.cluster.detection_ms', 100);
  expect(trial.metrics).not.toHaveProperty('fault2.cluster.takeover_ms');
});
