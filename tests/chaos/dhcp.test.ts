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

test('node-crash: two servers before, one after, and nobody notices', async (context) => {
  const { trial } = await run(context, 'dhcp/node-crash');
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

test('one-agent: the control, without service until the node is back', async (context) => {
  const { journal, trial } = await run(context, 'dhcp/one-agent');
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
