import { expect, test } from 'vitest';
import {
  expectGapBounds,
  expectNothingShared,
  runDhcp as run,
  statesOf,
  tables,
} from '../support/dhcp-drills.ts';
import { metric } from '../support/drills.ts';
import { expectMetrics } from '../support/scenario.ts';

const NETWORKS = ['net1', 'net2', 'net3'];
/** Addresses of the places of network 1, by host. */
const [FIRST, SECOND] = ['198.18.16.2', '198.18.16.3'];

test('rolling-restart: six restarts, one after the other', async (context) => {
  const { trial } = await run(context, 'dhcp/rolling-restart');
  const targets = ['node1', 'node2'].flatMap((host) => [1, 2, 3].map((net) => `dhcp${net}-${host}/dnsmasq`));
  expect(trial.faults.map(({ resolved }) => resolved)).toEqual(targets);
  const faults = trial.timeline.filter(({ event }) => event === 'fault').map(({ at_ms }) => at_ms);
  expect(faults).toHaveLength(6);
  expect(faults).toEqual(faults.toSorted((a, b) => a - b));
  // Five pauses of a second are needed, by themselves.
  expect(faults.at(-1)).toBeGreaterThanOrEqual(5000);
  expect(metric(trial, 'trial.needed_ms')).toBeGreaterThanOrEqual(faults.at(-1)! + 3000);
  for (const net of NETWORKS) expectMetrics(trial, { [`${net}.failed`]: 0, [`${net}.renew_naks`]: 0 });
  expectGapBounds(trial, ...NETWORKS);
});

test('rebind-after-crash: the other server goes on with leases that it never granted', async (context) => {
  const { trial } = await run(context, 'dhcp/rebind-after-crash');
  expect(trial.faults.map(({ kind }) => kind)).toEqual(['crash', 'restart']);
  expectMetrics(trial, { 'net1.orphan_renew_ratio': 0, 'dhclient.discovers': 0, 'net1.naks': 0 });
  const survivor = trial.faults[0]!.resolved.startsWith('host:node1') ? SECOND : FIRST;
  const states = statesOf(trial, 'dhclient');
  expect(states.some((state) => state.startsWith('REBINDING'))).toBe(true);
  expect(states).toContain(`BOUND 198.18.16.11 (by ${survivor})`);
  const again = statesOf(trial, 'dhcpcd');
  expect(again.slice(0, 2).join()).toMatch(/^REBOOTING 198\.18\.16\.12.*,BOUND 198\.18\.16\.12/);
  expectNothingShared(trial, 'net1');
});

test('rebind-after-crash-no-lease: without the initial line nobody answers', async (context) => {
  const { trial } = await run(context, 'dhcp/rebind-after-crash-no-lease');
  expectMetrics(trial, { 'net1.orphan_renew_ratio': 0, 'net1.servers_after': 1, 'net1.failed': 0 });
  expectNothingShared(trial, 'net1');
  for (const { leases } of tables(trial, 'before')) expect(leases!.others_initial).toBe(0);
  const unknown = tables(trial, 'before').map(({ leases }) => leases!.others_unknown);
  expect(Math.max(...unknown)).toBeGreaterThan(0);
  expectGapBounds(trial, 'net1');
});

test('new-port-after-crash: ports come, move and go with one agent', async (context) => {
  const { trial } = await run(context, 'dhcp/new-port-after-crash');
  expect(metric(trial, 'ports.moved')).toBeGreaterThanOrEqual(5);
  expect(metric(trial, 'ports.removed')).toBeGreaterThanOrEqual(3);
  // From a port's file to its client's ACK it takes no retransmission.
  expect(metric(trial, 'ports.served_median_ms')).toBeLessThan(500);
});

test('three-agents-two-crashes: the third one serves', async (context) => {
  const { trial } = await run(context, 'dhcp/three-agents-two-crashes');
  expect(trial.faults.map(({ resolved }) => resolved)).toEqual([
    'host:node1 (dhcp1-node1, dhcp2-node1, dhcp3-node1)',
    'host:node2 (dhcp1-node2, dhcp2-node2, dhcp3-node2)',
  ]);
  for (const net of NETWORKS) {
    expectMetrics(trial, { [`${net}.servers`]: 3, [`${net}.gap_open_at_heal`]: 0 });
    expect(metric(trial, `${net}.offers_per_discover_after`)).toBeLessThan(2);
  }
  expectGapBounds(trial, ...NETWORKS);
  expectNothingShared(trial, ...NETWORKS);
  const readable = tables(trial, 'during').filter(({ leases }) => leases !== undefined);
  expect(readable.map(({ host }) => host)).toEqual(['node3', 'node3', 'node3']);
  // The pause of 4 s between the crashes is a need of the drill.
  expect(metric(trial, 'trial.needed_ms')).toBeGreaterThanOrEqual(1000 + 4000 + 5000 + 5000);
});

test('authoritative: the control, two servers that refuse each other’s clients', async (context) => {
  const { trial } = await run(context, 'dhcp/authoritative');
  expect(metric(trial, 'net1.naks')).toBeGreaterThan(10);
  expect(metric(trial, 'net1.retries')).toBeGreaterThan(10);
  expectMetrics(trial, { 'net1.servers': 2, 'net1.servers_after': 1 });
});

test('leasefile-ro: the control, a restarted server refuses what it granted', async (context) => {
  const { trial } = await run(context, 'dhcp/leasefile-ro');
  expectMetrics(trial, { 'dhcp.own_leases_written_ratio': 0, 'net1.naks': 0, 'net1.servers_after': 2 });
});

test('reschedule: the networks of the dead node are given to the third', async (context) => {
  const { trial } = await run(context, 'dhcp/reschedule');
  const { low, high } = trial.bounds['dhcp.reschedule_ms']!;
  // 2 x 6 s, less what had passed since the last report, and up to half of 6 s until the server looks.
  expect([low, high]).toEqual([10_000, 15_000]);
  expect(metric(trial, 'dhcp.reschedule_offer_ms')).toBeGreaterThan(metric(trial, 'dhcp.reschedule_ms'));
  const told = trial.timeline.filter(({ event }) => event === 'rescheduled').map(({ detail }) => detail);
  expect(told).toEqual([
    "network 'net1' of node1 is given to node3",
    "network 'net2' of node1 is given to node2",
  ]);
  const served = (when: 'before' | 'during' | 'after') =>
    tables(trial, when)
      .filter(({ bound }) => bound)
      .map(({ node }) => node)
      .sort();
  const [initial, moved] = [
    ['dhcp1-node1', 'dhcp1-node2', 'dhcp2-node1', 'dhcp2-node3', 'dhcp3-node2', 'dhcp3-node3'],
    ['dhcp1-node2', 'dhcp1-node3', 'dhcp2-node2', 'dhcp2-node3', 'dhcp3-node2', 'dhcp3-node3'],
  ];
  expect(served('before')).toEqual(initial);
  expect(served('during')).toEqual(moved);
  // Nobody takes it back when the node returns; what the audit sees is the beginning of the next trial.
  expect(served('after')).toEqual(moved);
  expect(trial.audits.map(({ detail }) => detail)).toContainEqual(
    expect.stringMatching(/^network 'net1': served on node1 and node2 with/),
  );
  expectGapBounds(trial, ...NETWORKS);
});

test('server-hang: one dnsmasq hangs, and answers late when it goes on', async (context) => {
  const { trial } = await run(context, 'dhcp/server-hang');
  expectMetrics(trial, { 'net1.servers': 2, 'net1.servers_after': 1, 'net1.equal_offers_ratio': 1 });
  expectGapBounds(trial, 'net1');
  expectNothingShared(trial, 'net1');
});

test('server-kill: one dnsmasq dies', async (context) => {
  const { trial } = await run(context, 'dhcp/server-kill');
  expect(trial.faults[0]!.resolved).toBe('dhcp1-node1/dnsmasq');
  expectMetrics(trial, { 'net1.servers': 2, 'net1.servers_after': 1, 'net1.orphan_rebind_ratio': 1 });
  expectGapBounds(trial, 'net1');
  expectNothingShared(trial, 'net1');
  // Its node lives, and so does the table that it left: it has learned nothing since.
  const left = tables(trial, 'during').find(({ node }) => node === 'dhcp1-node1')!.leases!;
  expect(left.others).toBeGreaterThan(left.own);
  expect(left.others_written).toBe(0);
});

test('renew-after-crash: no answer at T1, another server at T2', async (context) => {
  const { trial } = await run(context, 'dhcp/renew-after-crash');
  const { renew_ms: renew, rebind_ms: rebind } = boundsOf(trial.bounds, 'dhcpcd');
  // T1 after 10 s, T2 after 20 s: both count from the same lease.
  expect(rebind!.low - renew!.low).toBeGreaterThan(8000);
  expect(metric(trial, 'dhcpcd.new_server_ms')).toBeGreaterThanOrEqual(metric(trial, 'dhcpcd.rebind_ms'));
  expectMetrics(trial, { 'dhcpcd.expired': 0, 'dhcpcd.discovers': 0, 'udp.outages': 0 });
  const states = statesOf(trial, 'dhcpcd');
  const rebinding = states.findIndex((state) => state.startsWith('REBINDING 198.18.16.12'));
  expect(rebinding, states.join('\n')).toBeGreaterThanOrEqual(0);
  const survivor = trial.faults[0]!.resolved.startsWith('host:node1') ? SECOND : FIRST;
  expect(states[rebinding + 1]).toBe(`BOUND 198.18.16.12 (by ${survivor})`);
  // It was waited for, so the trial needs that long.
  expect(metric(trial, 'trial.needed_ms')).toBeGreaterThan(metric(trial, 'dhcpcd.new_server_ms'));
});

/** The bounds of one probe's measures. */
function boundsOf<T>(bounds: Readonly<Record<string, T>>, probe: string): Record<string, T | undefined> {
  return Object.fromEntries(
    Object.entries(bounds)
      .filter(([name]) => name.startsWith(`${probe}.`))
      .map(([name, bound]) => [name.slice(probe.length + 1), bound]),
  );
}
