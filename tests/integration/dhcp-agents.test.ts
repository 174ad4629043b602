import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadNetworks } from '../../harness/systems/dhcp/config/load-networks.ts';
import { HOSTS_FILE } from '../../harness/systems/dhcp/config/render-files.ts';
import { dhcpAgents } from '../../harness/systems/dhcp/live/dhcp-agents.ts';
import { NeutronServer } from '../../harness/systems/dhcp/live/neutron-server.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { auditScene } from '../support/audit-scene.ts';
import { inject, output, processes } from '../support/faults.ts';
import { REPOSITORY } from '../support/hadrill.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';

const name = freshName('audit');
/** What is broken by a test and healed after it. */
const heal: (() => Promise<unknown>)[] = [];
let lab: Lab;
let neutron: NeutronServer;

beforeAll(async () => {
  const topology = await loadTopology(`${REPOSITORY}/topologies/dhcp/dhcp-3.clab.yml`);
  const networks = await loadNetworks(topology, {});
  const onLab = (built: Lab) => {
    neutron = NeutronServer.create(built, networks!);
  };
  lab = await up(engine, topology, { name, onLab });
  await waitUntil({
    what: 'every bound place to be served',
    timeout_ms: 20_000,
    check: async () => (await audits()).every(({ verdict }) => verdict === 'pass'),
  });
});
afterEach(async () => {
  for (const step of heal.splice(0).toReversed()) await step();
  await neutron.reset();
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

const audits = () => dhcpAgents.run(auditScene(lab));

/** What the audit says of each network that fails. */
async function failures(): Promise<string[]> {
  return (await audits()).filter(({ verdict }) => verdict === 'fail').map(({ detail }) => detail);
}

test('one record a network: where it is served, and how many ports it has', async () => {
  expect(await audits()).toEqual([
    {
      name: 'dhcp-agents',
      verdict: 'pass',
      detail: expect.stringMatching(/'net1': .* node1 and node2 with 1002/),
    },
    {
      name: 'dhcp-agents',
      verdict: 'pass',
      detail: expect.stringMatching(/'net2': .* node1 and node3 with 1000/),
    },
    {
      name: 'dhcp-agents',
      verdict: 'pass',
      detail: expect.stringMatching(/'net3': .* node2 and node3 with 1000/),
    },
  ]);
});

test('a dnsmasq that was killed or hangs', async () => {
  const { injection: killed } = await inject(lab, 'kill', 'dhcp1-node1/dnsmasq');
  heal.push(() => killed.heal());
  const { injection: hung } = await inject(lab, 'hang', 'dhcp2-node3/dnsmasq');
  heal.push(() => hung.heal());
  expect(await failures()).toEqual([
    "network 'net1': no dnsmasq runs on dhcp1-node1",
    "network 'net2': the dnsmasq of dhcp2-node3 is stopped",
  ]);
});

test('a host file that was not written again', async () => {
  const stale = await output(lab, 'dhcp1-node2', 'cat', HOSTS_FILE);
  await neutron.addPort('net1', { name: 'new', mac: '02:16:00:00:00:77', address: '198.18.16.77' });
  expect(await failures()).toEqual([]);
  await writeHosts('dhcp1-node2', stale);
  expect(await failures()).toEqual([
    "network 'net1': the host file of dhcp1-node2 lacks 02:16:00:00:00:77 198.18.16.77",
  ]);
});

test('a network that moves, and one that serves where it should not', async () => {
  await neutron.unbind('net1', 'node1');
  await neutron.bind('net1', 'node3');
  expect(await failures()).toEqual([]);
  await output(
    lab,
    'dhcp1-node1',
    'sh',
    '-c',
    'setsid dnsmasq --keep-in-foreground --port=0 > /dev/null 2>&1 &',
  );
  heal.push(() => output(lab, 'dhcp1-node1', 'pkill', '-x', 'dnsmasq'));
  await waitUntil({
    what: 'the strange dnsmasq to run',
    timeout_ms: 5000,
    check: async () => (await processes(lab, 'dhcp1-node1')).includes('dnsmasq'),
  });
  await writeHosts('dhcp1-node1', '');
  expect(await failures()).toEqual([
    "network 'net1': a dnsmasq runs on dhcp1-node1, to which it is not bound, " +
      'dhcp1-node1 has a host file, though it is not bound to it',
  ]);
});

test('a node that is down serves nobody', async () => {
  const { injection } = await inject(lab, 'crash', 'dhcp3-node2');
  heal.push(() => injection.heal());
  expect(await failures()).toEqual([
    "network 'net3': no dnsmasq runs on dhcp3-node2, dhcp3-node2 has no host file",
  ]);
});

test('a lab without DHCP agents has no such record', async () => {
  const plain = freshName('plain');
  const other = await up(engine, await loadTopology(topologyFile('small')), { name: plain });
  heal.push(async () => {
    other.disconnect();
    await removeLabs(plain);
  });
  expect(await dhcpAgents.run(auditScene(other))).toEqual([]);
});

async function writeHosts(node: string, text: string): Promise<void> {
  const files = { [HOSTS_FILE]: text };
  await lab.agent.call('write_node_files', { pid: lab.node(node).pid, files, remove: [] });
}
