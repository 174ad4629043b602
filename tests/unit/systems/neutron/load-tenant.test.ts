import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../harness/ground/errors.ts';
import { loadTenant } from '../../../../harness/systems/neutron/config/load-tenant.ts';
import type { Tenant } from '../../../../harness/systems/neutron/config/tenant.ts';
import { loadTopology } from '../../../../harness/topology/load-topology.ts';
import { fabricPorts } from '../../../../harness/topology/ports.ts';
import { REPOSITORY } from '../../../support/hadrill.ts';

const CONTROL =
  '    c: {kind: linux, image: hadrill/neutron-control, labels: {hadrill.tenant: tenant.yml}}\n';
const COMPUTE = '    n1: {kind: linux, image: hadrill/neutron-node}\n    vm: {kind: linux, image: i}\n';
const LINK = '  links:\n    - endpoints: ["vm:eth0", "n1:vm"]\n';

const NETWORKS = `networks:
  ext: {subnet: 203.0.113.0/24, gateway: 203.0.113.1, provider: external}
  net1: {subnet: 198.18.1.0/24, gateway: 198.18.1.1}
`;
const ROUTERS = 'routers: {r1: {external: ext, networks: [net1]}}\n';
const PORTS = 'ports: {vm: {network: net1, mac: "02:00:00:00:00:01", address: 198.18.1.11, at: "n1:vm"}}\n';

async function load(tenant: string, nodes = CONTROL + COMPUTE): Promise<Tenant | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-tenant-'));
  try {
    const file = path.join(folder, 't.clab.yml');
    await writeFile(file, `name: t\ntopology:\n  nodes:\n${nodes}${LINK}`);
    await writeFile(path.join(folder, 'tenant.yml'), tenant);
    return await loadTenant(await loadTopology(file, { env: {} }), {});
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Each problem with the base name of its file, its line and its column. */
async function problemsOf(tenant: string, nodes?: string): Promise<string[]> {
  try {
    await load(tenant, nodes);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ message, position }) => {
      const { file = '', line, column } = position ?? {};
      return `${path.basename(file)}:${line}:${column} ${message}`;
    });
  }
  return [];
}

test('what a tenant file says, and which node has the server', async () => {
  const tenant = await load(NETWORKS + ROUTERS + PORTS);
  expect(tenant?.control).toBe('c');
  expect(Object.keys(tenant?.networks ?? {})).toEqual(['ext', 'net1']);
  expect(tenant?.ports.vm).toMatchObject({ network: 'net1', at: 'n1:vm' });
});

test('an entry may stand for any number of routers without networks', async () => {
  const routers = (count: number) =>
    `routers: {r1: {external: ext, networks: [net1]}, spare: {external: ext, networks: [], ha: true, count: ${count}}}\n`;
  const three = await load(NETWORKS + routers(3) + PORTS);
  expect(Object.keys(three?.routers ?? {})).toEqual(['r1', 'spare1', 'spare2', 'spare3']);
  expect(three?.routers.spare3).toEqual({ external: 'ext', networks: [], ha: true });
  const none = await load(NETWORKS + routers(0) + PORTS);
  expect(Object.keys(none?.routers ?? {})).toEqual(['r1']);
});

test('without the label there is nothing to read', async () => {
  expect(await load('', COMPUTE)).toBeUndefined();
});

test('the shipped one has nothing wrong', async () => {
  const file = path.join(REPOSITORY, 'topologies/neutron/neutron.clab.yml');
  const tenant = await loadTenant(await loadTopology(file, { env: {} }), {});
  expect(Object.keys(tenant?.routers ?? {})).toEqual(['r1', 'r2']);
});

test('the shipped machines have the MAC address of their port, and Nova knows each', async () => {
  const file = path.join(REPOSITORY, 'topologies/neutron/neutron.clab.yml');
  const topology = await loadTopology(file, { env: {} });
  const tenant = await loadTenant(topology, {});
  const ports = Object.entries(tenant?.ports ?? {});
  const { ports: wired } = fabricPorts(topology);
  const machines = wired.filter(({ node }) => ports.some(([name]) => name === node));
  expect(machines.map(({ node, mac }) => [node, mac])).toEqual(ports.map(([name, { mac }]) => [name, mac]));
  const nova = topology.nodes.find(({ name }) => name === 'nova')?.env.METADATA_INSTANCES;
  expect(nova?.split(' ')).toEqual(ports.map(([name]) => `${name}=hadrill`));
});

describe('times that are not Neutron’s own', () => {
  const scaled = async (env: string, more = '') =>
    (
      await load(
        NETWORKS + ROUTERS + PORTS,
        CONTROL.replace('labels', `env: {${env}}, ${more}labels`) + COMPUTE,
      )
    )?.scaled;

  test('are said with their ratio', async () => {
    const env = 'DHCP_LEASE_DURATION: 120, DHCP_RENEWAL_TIME: 15, AGENT_DOWN_TIME: 15, REPORT_INTERVAL: 30';
    expect(await scaled(env)).toEqual([
      expect.stringMatching(/^lease 120 s, T1 15 s, .*: 1:720\. /),
      "agent_down_time 15 s; Neutron's default is 75 s: 1:5.",
    ]);
  });

  test('are none without a word of the topology, and with Neutron’s own', async () => {
    expect(await scaled('')).toEqual([]);
    expect(await scaled('DHCP_LEASE_DURATION: 86400, DHCP_RENEWAL_TIME: 0')).toEqual([]);
  });

  test('are not known where the configuration is the user’s', async () => {
    const binds = 'binds: ["tenant.yml:/etc/neutron/neutron.conf.template:ro"], ';
    expect(await scaled('AGENT_DOWN_TIME: 15, REPORT_INTERVAL: 30', binds)).toEqual([]);
  });
});

test('the shipped lab has one machine without an address of its own, which a real client asks for', async () => {
  const topology = await loadTopology(path.join(REPOSITORY, 'topologies/neutron/neutron.clab.yml'), {
    env: {},
  });
  const vm4 = topology.nodes.find(({ name }) => name === 'vm4');
  expect(vm4).toMatchObject({ image: 'hadrill/dhcp-client', env: { DHCP_INTERFACE: 'eth0', DHCPCD: 'off' } });
  expect(fabricPorts(topology).ports.find(({ node }) => node === 'vm4')?.ipv4).toBeUndefined();
});

describe('what is wrong with a tenant file', () => {
  test.each([
    [
      'a network that is not there',
      `${NETWORKS}routers: {r1: {external: ext, networks: [net2]}}\n${PORTS}`,
      "tenant.yml:4:42 there is no network 'net2' (did you mean 'net1'?); there are ext, net1",
    ],
    [
      'two routers for a network',
      `${NETWORKS}routers:\n  r1: {external: ext, networks: [net1]}\n  r2: {external: ext, networks: [net1]}\n${PORTS}`,
      "tenant.yml:6:34 network 'net1' has a gateway already: router 'r1'",
    ],
    [
      'a router for no network',
      `${NETWORKS}routers: {r1: {external: ext, networks: []}}\n${PORTS}`,
      "tenant.yml:4:41 router 'r1' needs a network: nobody could use it; routers that only take room have a 'count'",
    ],
    [
      'many routers for a network',
      `${NETWORKS}routers: {r1: {external: ext, networks: [net1], count: 2}}\n${PORTS}`,
      "tenant.yml:4:56 'count' is of routers without networks: a network has one router as its gateway",
    ],
    [
      'a router with the name of one of many',
      `${NETWORKS}routers:\n  r1: {external: ext, networks: [net1]}\n  r: {external: ext, networks: [], count: 1}\n${PORTS}`,
      "tenant.yml:6:3 it makes router 'r1', which 'r1' makes already",
    ],
    [
      'a router to what is no provider’s',
      `${NETWORKS}routers: {r1: {external: net1, networks: [net1]}}\n${PORTS}`,
      "tenant.yml:4:26 network 'net1' is not a provider's: it has no 'provider'",
    ],
    [
      'an address outside',
      NETWORKS + ROUTERS + PORTS.replace('198.18.1.11', '198.18.2.11'),
      'tenant.yml:5:64 address 198.18.2.11 is outside 198.18.1.0/24',
    ],
    [
      'the address of the gateway',
      NETWORKS + ROUTERS + PORTS.replace('198.18.1.11', '198.18.1.1'),
      "tenant.yml:5:64 address 198.18.1.1 belongs to the gateway of 'net1' already",
    ],
    [
      'a place without a wire',
      NETWORKS + ROUTERS + PORTS.replace('n1:vm', 'n1:vn'),
      "tenant.yml:5:81 node 'n1' has no interface 'vn' (did you mean 'vm'?); it has vm",
    ],
    [
      'a place that is no node of Neutron',
      NETWORKS + ROUTERS + PORTS.replace('n1:vm', 'vm:eth0'),
      "tenant.yml:5:81 'vm' is not a node with Neutron's agents; these are: n1",
    ],
    [
      'a floating IP of another network',
      NETWORKS + ROUTERS + PORTS.replace('at:', 'floating_ip: 198.18.1.20, at:'),
      'tenant.yml:5:90 floating IP 198.18.1.20 is outside 203.0.113.0/24',
    ],
    [
      'a subnet that is there already',
      `${NETWORKS}  net2: {subnet: 198.18.1.128/25, gateway: 198.18.1.129}\n${ROUTERS}${PORTS}`,
      "tenant.yml:4:18 subnet 198.18.1.128/25 of 'net2' overlaps 198.18.1.0/24 of 'net1'",
    ],
    [
      'a key that is not known',
      `${NETWORKS}routers: {r1: {external: ext, networks: [net1], table: true}}\n${PORTS}`,
      "tenant.yml:4:49 unknown key 'table'; allowed here: external, networks, ha, count",
    ],
  ])('%s', async (_, tenant, problem) => {
    expect(await problemsOf(tenant)).toEqual([problem]);
  });

  test('the label on another node', async () => {
    const nodes = CONTROL.replace('neutron-control', 'endpoint') + COMPUTE;
    expect(await problemsOf(NETWORKS + ROUTERS + PORTS, nodes)).toEqual([
      "t.clab.yml:4:72 label 'hadrill.tenant' is of a node with the image hadrill/neutron-control",
    ]);
  });
});
