import { describe, expect, test } from 'vitest';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import { Rescheduler } from '../../harness/systems/neutron-scheduling/live/rescheduler.ts';
import { reschedulingBound } from '../../harness/systems/neutron-scheduling/rescheduling-bound.ts';
import { inject } from '../support/faults.ts';
import { freshLab } from '../support/labs.ts';
import { openNeutronLab, serves, waitServing } from '../support/neutron-labs.ts';

describe('automatic failover', () => {
  test('the networks of a dead host move to the third, within the bound, and do not come back', async () => {
    const { lab, neutron } = await openNeutronLab('dhcp-3', freshLab('reschedule'), {
      DHCP_FAILOVER: 'true',
    });
    const bound = [...neutron.bindings()].filter(([, hosts]) => hosts.includes('node1'));
    expect(bound).toHaveLength(2);
    for (const { node, network, host } of neutron.networks.agents) {
      if (neutron.bindings().get(network)?.includes(host)) await waitServing(lab, node);
      else expect(await serves(lab, node), `${node} is not bound`).toBe(false);
    }
    const rescheduler = new Rescheduler(lab, neutron);
    rescheduler.start();
    const { injection } = await inject(lab, 'crash', 'host:node1');
    const { now_ns: fault_ns } = await lab.agent.call('hello', {});
    await waitUntil({
      what: 'no network to be bound to node1',
      timeout_ms: 30_000,
      check: () => [...neutron.bindings().values()].every((hosts) => !hosts.includes('node1')),
    });
    const records = await rescheduler.stop();
    const { low, high } = reschedulingBound(neutron.networks.settings);
    expect(records.map(({ serves: network }) => network)).toEqual(bound.map(([network]) => network));
    for (const { serves: network, from_host, to_host, at_ns } of records) {
      expect(from_host).toBe('node1');
      expect(['node2', 'node3']).toContain(to_host);
      expect(neutron.bindings().get(network)).toContain(to_host);
      expect((at_ns - fault_ns) / 1e6, 'after the fault').toBeGreaterThan(low - 500);
      expect((at_ns - fault_ns) / 1e6, 'after the fault').toBeLessThan(high + 500);
      const place = neutron.networks.agents.find((one) => one.network === network && one.host === to_host)!;
      await waitServing(lab, place.node);
    }
    await injection.heal();
    for (const [network] of bound) expect(await serves(lab, `dhcp${network.at(-1)}-node1`)).toBe(false);
    await neutron.reset();
    for (const [network] of bound) await waitServing(lab, `dhcp${network.at(-1)}-node1`);
    lab.disconnect();
  });

  test('with two hosts there is nowhere to go: noted once a network, and nothing changes', async () => {
    const { lab, neutron } = await openNeutronLab('dhcp', freshLab('reschedule'), { DHCP_FAILOVER: 'true' });
    const rescheduler = new Rescheduler(lab, neutron);
    rescheduler.start();
    const { injection } = await inject(lab, 'crash', 'host:node2');
    // Long enough for two looks at the dead host.
    const { high } = reschedulingBound(neutron.networks.settings);
    await sleep(high + 4000);
    const records = await rescheduler.stop();
    expect(records).toMatchObject(
      ['net1', 'net2', 'net3'].map((network) => ({ serves: network, from_host: 'node2', to_host: null })),
    );
    await injection.heal();
    await waitServing(lab, 'dhcp1-node2', 'dhcp2-node2', 'dhcp3-node2');
    expect(await rescheduler.stop(), 'each record once').toEqual([]);
    rescheduler.start();
    lab.disconnect();
    await sleep(neutron.networks.settings.report_interval_ms * 1.5);
    await expect(rescheduler.stop(), 'what went wrong').rejects.toThrow(/connection to the fabric/);
  });
});
