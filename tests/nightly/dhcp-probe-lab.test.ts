import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sleep } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { labNow } from '../../harness/lab/now.ts';
import { MOST_STARVED_MS, probeThrough, startDhcp, waitServed } from '../support/dhcp-probes.ts';
import { inject } from '../support/faults.ts';
import { freshName, removeLabs } from '../support/labs.ts';
import { openNeutronLab } from '../support/neutron-labs.ts';

const MS = 1e6;

describe('two servers that know all leases', () => {
  const name = freshName('dhcp-probe');
  let lab: Lab;
  beforeAll(async () => {
    lab = (await openNeutronLab('dhcp', name)).lab;
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  test('one dies: new clients are served by the other, which also prolongs the leases of the first', async (context) => {
    const { findings, settled } = await probeThrough(lab, ['crash', 'dhcp1-node1'], 20_000);
    context.skip((findings.starved_ms ?? 0) > MOST_STARVED_MS, 'the machine did not let the probe run');
    expect(settled).toBe(true);
    expect(findings.metrics).toMatchObject({
      failed: 0,
      offers_per_discover_after: 1,
      servers: 2,
      servers_after: 1,
      servers_left: 1,
      equal_offers_ratio: 1,
      same_address_ratio: 1,
      naks: 0,
      renew_naks: 0,
      orphans: 3,
      orphan_renew_ratio: 0,
      orphan_rebind_ratio: 1,
      orphan_reboot_ratio: 1,
      gap_open_at_heal: 0,
    });
    expect(findings.metrics.offers_per_discover).toBeGreaterThan(1.9);
    expect(findings.metrics.gap_ms).toBeLessThan(5000);
    expect(findings.metrics.exchanges).toBeGreaterThan(60);
    expect(findings.open).toEqual([]);
    expect(findings.doubts).toEqual([]);
  });

  test('both hang: nobody is served until they go on, and clients that waited are served late', async () => {
    const { known, options, probe } = await startDhcp(lab, 'dhcp', { held: 0, retransmit: '2s' });
    await waitServed(probe);
    await sleep(1000);
    const first = await inject(lab, 'hang', 'dhcp1-node1/dnsmasq');
    const second = await inject(lab, 'hang', 'dhcp1-node2/dnsmasq');
    const fault_ns = second.injection.applied_ns;
    await sleep(4000);
    expect(await probe.trouble()).toMatch(/got an address at their first try, the last 0 in a row$/);
    expect(await probe.settled(fault_ns)).toBe(false);
    const { from_ns: heal_ns } = await first.injection.heal();
    const { until_ns: healed_ns } = await second.injection.heal();
    await waitServed(probe);
    await sleep(3000);
    const end_ns = await labNow(lab);
    const files = await probe.stop();
    const { metrics, outages } = known.analyse('dhcp', options, files, {
      fault_ns,
      heal_ns,
      healed_ns,
      end_ns,
    });
    // What waited in dnsmasq's socket for less than a second is served in time.
    const hung_ms = (heal_ns - fault_ns) / MS;
    expect(metrics.gap_ms).toBeGreaterThan(hung_ms - 1500);
    expect(metrics.gap_ms).toBeLessThan(hung_ms + 1500);
    expect(outages).toHaveLength(1);
    expect(metrics).toMatchObject({ orphans: 0, failed: 0, servers_after: 2 });
    expect(metrics.retries).toBeGreaterThan(5);
    expect(metrics.wait_ms).toBeGreaterThan(1900);
  });

  test('what it does not find is refused', async () => {
    await expect(startDhcp(lab, 'dhcp', { interface: 'net9' })).rejects.toThrow(
      "node 'tester' has no interface 'net9'; it has net1, net2, net3",
    );
    await expect(startDhcp(lab, 'dhcp', { network: 'nett1' })).rejects.toThrow("did you mean 'net1'?");
    await expect(startDhcp(lab, 'dhcp', { from: 'testr' })).rejects.toThrow("no node 'testr'");
  });
});
