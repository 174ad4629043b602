import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sleep } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { labNow } from '../../harness/lab/now.ts';
import { linesOf, MOST_STARVED_MS, probeThrough, startDhcp, waitServed } from '../support/dhcp-probes.ts';
import { freshName, removeLabs } from '../support/labs.ts';
import { openNeutronLab } from '../support/neutron-labs.ts';

describe('two servers that know their own leases only', () => {
  const name = freshName('dhcp-probe');
  let lab: Lab;
  beforeAll(async () => {
    lab = (await openNeutronLab('dhcp', name, { INITIAL_LEASES: 'false' })).lab;
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  test('one dies: its leases are prolonged by nobody, and taken anew with the same address', async (context) => {
    const { findings, files, settled } = await probeThrough(lab, ['crash', 'dhcp1-node1'], 20_000);
    context.skip((findings.starved_ms ?? 0) > MOST_STARVED_MS, 'the machine did not let the probe run');
    expect(settled).toBe(true);
    expect(findings.metrics).toMatchObject({
      orphans: 3,
      orphan_renew_ratio: 0,
      orphan_rebind_ratio: 0,
      orphan_reboot_ratio: 0,
      same_address_ratio: 1,
      failed: 0,
    });
    const held = linesOf(files).filter((line) => 'lease' in line);
    const anew = held.filter(({ op }) => op === 'renewed-by-discover');
    expect(anew.length).toBeGreaterThanOrEqual(2);
    for (const { lease, address, server, outcome } of anew) {
      const first = held.find((line) => line.lease === lease && line.op === 'acquire');
      expect({ address, outcome }).toEqual({ address: first!.address, outcome: 'ack' });
      expect(server).toBe('198.18.16.3');
    }
  });
});

describe('a load', () => {
  const name = freshName('dhcp-load');
  let lab: Lab;
  beforeAll(async () => {
    lab = (await openNeutronLab('dhcp-load', name, { PORTS: '300' })).lab;
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  test('its highest rate is found, and a share of it is held', async (context) => {
    const search = { from: 5, step_factor: 2, step: '1s', most: 20 };
    const { known, options, probe } = await startDhcp(lab, 'dhcp-load', { search, share: 0.5 });
    await waitServed(probe);
    const fault_ns = await labNow(lab);
    await sleep(3500);
    const heal_ns = await labNow(lab);
    await sleep(1000);
    const end_ns = await labNow(lab);
    const files = await probe.stop();
    const { metrics, starved_ms = 0 } = known.analyse('dhcp', options, files, {
      fault_ns,
      heal_ns,
      healed_ns: heal_ns,
      end_ns,
    });
    context.skip(starved_ms > MOST_STARVED_MS, 'the machine did not let the probe run');
    // Far less than what dnsmasq can do on any machine: the limit is what was told.
    expect(metrics).toMatchObject({ highest_rate: 20, client_limited: 0, gap_ms: 0, failed: 0 });
    expect(metrics.rate_before).toBeGreaterThan(8);
    expect(metrics.rate_dip).toBeGreaterThanOrEqual(8);
    expect(metrics.rate_after).toBeGreaterThan(8);
  });
});
