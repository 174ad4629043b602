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

test('node-crash: two servers before, one after, and nobody notices', async (context) => {
  const { trial } = await run(context, 'node-crash');
  expect(trial.faults[0]!.resolved).toBe('host:node1 (dhcp1-node1, dhcp2-node1, dhcp3-node1)');
  for (const net of NETWORKS) {
    expectMetrics(trial, {
      [`${net}.servers`]: 2,
      [`${net}.servers_after`]: 1,
      [`${net}.gap_open_at_heal`]: 0,
      [`${net}.unfinished`]: 0,
      // Their own server is gone; the other one knows the lease by the line that it began with.
      [`${net}.orphan_renew_ratio`]: 0,
      [`${net}.orphan_rebind_ratio`]: 1,
      [`${net}.orphan_reboot_ratio`]: 1,
    });
    expect(metric(trial, `${net}.orphans`)).toBeGreaterThan(0);
    expect(metric(trial, `${net}.exchanges`)).toBeGreaterThan(100);
  }
  expectGapBounds(trial, ...NETWORKS);
  expectNothingShared(trial, ...NETWORKS);
  expectMetrics(trial, { 'dhcp.own_leases_written_ratio': 1, 'dhcp.others_leases_written_ratio': 0 });
  const readable = tables(trial, 'during').filter(({ leases }) => leases !== undefined);
  expect(readable.map(({ host }) => host)).toEqual(['node2', 'node2', 'node2']);
  expectMetrics(trial, { 'dhclient.same_address': 1, 'dhcpcd.same_address': 1, 'udp.outages': 0 });
  expect([...statesOf(trial, 'dhclient'), ...statesOf(trial, 'dhcpcd')].join()).toMatch(
    /RENEWING 198\.18\.16/,
  );
});

test('server-kill: one dnsmasq dies', async (context) => {
  const { trial } = await run(context, 'server-kill');
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
  const { trial } = await run(context, 'renew-after-crash');
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

test('one-agent: the control, without service until the node is back', async (context) => {
  const { journal, trial } = await run(context, 'one-agent');
  expect(journal.profile).toBe('x1');
  for (const net of ['net1', 'net3']) {
    expectMetrics(trial, { [`${net}.servers`]: 1, [`${net}.servers_after`]: 0 });
    expect(trial.outages.some(({ probe, open }) => probe === net && !open)).toBe(true);
    // Nothing bounds the absence of the only server.
    expect(trial.bounds).not.toHaveProperty([`${net}.gap_ms`]);
  }
  expectMetrics(trial, { 'net2.servers_after': 1, 'net2.gap_open_at_heal': 0 });
  expectGapBounds(trial, 'net2');
  const bound = tables(trial, 'before').filter((table) => table.bound);
  expect(bound.map(({ network, host }) => `${network} ${host}`).sort()).toEqual([
    'net1 node1',
    'net2 node2',
    'net3 node1',
  ]);
});

/** The bounds of one probe's measures. */
function boundsOf<T>(bounds: Readonly<Record<string, T>>, probe: string): Record<string, T | undefined> {
  return Object.fromEntries(
    Object.entries(bounds)
      .filter(([name]) => name.startsWith(`${probe}.`))
      .map(([name, bound]) => [name.slice(probe.length + 1), bound]),
  );
}
