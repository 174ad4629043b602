import { expect, test } from 'vitest';
import { loadNetworks } from '../../../../../harness/systems/dhcp/config/load-networks.ts';
import { loadTopology } from '../../../../../harness/topology/load-topology.ts';
import { file, loadTexts, NET2 } from './networks-files.ts';

test('defaults are Neutron’s own', async () => {
  const networks = await loadTexts(file('{subnet: 198.18.16.0/21}'));
  expect(networks?.settings).toEqual({
    dhcp_agents_per_network: 1,
    allow_automatic_dhcp_failover: true,
    agent_down_ms: 75_000,
    report_interval_ms: 30_000,
    lease_s: 86_400,
    t1_s: undefined,
    t2_s: undefined,
    initial_leases: true,
    authoritative: false,
    leasefile_ro: false,
    log: true,
  });
});

test('settings, ports and agents of a file; variables are replaced', async () => {
  const text = `dhcp_agents_per_network: \${X:=2}
allow_automatic_dhcp_failover: \${FAILOVER:=false}
agent_down_time: 6s
report_interval: 500ms
lease_time: 120
t1: 10s
networks:
  net1:
    subnet: 198.18.16.0/21
    gateway: 198.18.16.1
    ports:
      a: { mac: 02-16-00-00-00-0A, address: 198.18.16.11 }
    port_range: { count: 3, first_address: 198.18.16.254, first_mac: "02:16:10:00:00:fe" }
${NET2}`;
  const networks = await loadTexts(text, undefined, { FAILOVER: 'true' });
  expect(networks?.settings).toMatchObject({
    dhcp_agents_per_network: 2,
    allow_automatic_dhcp_failover: true,
    agent_down_ms: 6000,
    report_interval_ms: 500,
    lease_s: 120,
    t1_s: 10,
    t2_s: undefined,
  });
  expect(networks?.networks[0]).toEqual({
    name: 'net1',
    subnet: '198.18.16.0/21',
    gateway: '198.18.16.1',
    ports: [
      { name: 'a', mac: '02:16:00:00:00:0a', address: '198.18.16.11', in_range: false },
      { name: 'range-0', mac: '02:16:10:00:00:fe', address: '198.18.16.254', in_range: true },
      { name: 'range-1', mac: '02:16:10:00:00:ff', address: '198.18.16.255', in_range: true },
      { name: 'range-2', mac: '02:16:10:00:01:00', address: '198.18.17.0', in_range: true },
    ],
  });
  expect(networks?.agents).toEqual([
    { node: 'a1', host: 'node1', network: 'net1', interface: 'net1', address: '198.18.16.2' },
    { node: 'b1', host: 'node1', network: 'net2', interface: 'net2', address: '198.18.24.2' },
    { node: 'a2', host: 'node2', network: 'net1', interface: 'net1', address: '198.18.16.3' },
    { node: 'b2', host: 'node2', network: 'net2', interface: 'net2', address: '198.18.24.3' },
  ]);
});

test('a range may fill a subnet up to its last address', async () => {
  const range = '{count: 2044, first_address: 198.18.16.3, first_mac: "02:00:00:00:00:00"}';
  const networks = await loadTexts(
    `networks:\n  net1: {subnet: 198.18.16.0/21, port_range: ${range}}\n${NET2}`
      .replace('16.3', '16.4')
      .replace('2044', '2043'),
  );
  expect(networks?.networks[0]?.ports.at(-1)?.address).toBe('198.18.23.254');
});

test.each(['dhcp', 'dhcp-3'])('the shipped topology %s and its networks file are in order', async (name) => {
  const topology = await loadTopology(`topologies/dhcp/${name}.clab.yml`, { env: {} });
  const networks = await loadNetworks(topology, {});
  expect(networks?.networks.map((network) => network.name)).toEqual(['net1', 'net2', 'net3']);
  const hosts = new Set(networks?.agents.map(({ host }) => host));
  expect(networks?.agents).toHaveLength(3 * hosts.size);
});
