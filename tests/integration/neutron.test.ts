import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { DNSMASQ_CONF, LEASES_FILE } from '../../harness/systems/dhcp/config/render-files.ts';
import type { NeutronServer } from '../../harness/systems/dhcp/live/neutron-server.ts';
import { offersFor } from '../support/dhcp-offers.ts';
import { inject } from '../support/faults.ts';
import { freshName, removeLabs } from '../support/labs.ts';
import { openNeutronLab, serves, waitServing } from '../support/neutron-labs.ts';

const HOST_FILE = '/var/lib/neutron/dhcp/host';
/** Longer than dnsmasq may take to read its files again. */
const TOLD_TIMEOUT_MS = 30_000;
/** For what dnsmasq does or writes when it comes to it. */
const ASYNC = { timeout: TOLD_TIMEOUT_MS };

/** A file of a node; undefined when it is not there. */
async function nodeFile(lab: Lab, node: string, path: string): Promise<string | undefined> {
  const done = await lab.exec(node, ['cat', path]);
  return done.exit_code === 0 ? done.stdout : undefined;
}

describe('three networks, each on both hosts', () => {
  const name = freshName('neutron');
  let lab: Lab;
  let neutron: NeutronServer;
  beforeAll(async () => {
    ({ lab, neutron } = await openNeutronLab('dhcp', name));
    await waitServing(lab, ...neutron.networks.agents.map(({ node }) => node));
  });
  afterEach(() => neutron.reset());
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  const [first, second] = ['198.18.16.2', '198.18.16.3'];
  const RANGE_PORT = '02:16:10:00:00:05';

  /** Who offers what to a MAC address of net1: `SERVER ADDRESS`. */
  async function offers(mac: string, network = 'net1'): Promise<string[]> {
    return (await offersFor(lab, network, mac)).map(({ server, address }) => `${server} ${address}`);
  }

  /** The lease table of a place: expiry, MAC address and address of each; dnsmasq adds names to what it was given. */
  async function leasesOf(node: string): Promise<string[]> {
    const table = (await nodeFile(lab, node, LEASES_FILE)) ?? '';
    return table.split('\n').map((line) => line.split(' ').slice(0, 3).join(' '));
  }

  /** Waits until both servers, or whoever is expected, offer what is expected. */
  async function waitOffers(mac: string, expected: string[]): Promise<void> {
    let seen: string[] = [];
    await waitUntil({
      what: `offers ${expected.join(', ') || 'to end'} for ${mac}`,
      timeout_ms: TOLD_TIMEOUT_MS,
      check: async () => {
        seen = await offers(mac);
        return seen.join() === expected.join();
      },
      lastSeen: () => seen.join(', '),
    });
  }

  test('every dnsmasq found its files when it started, and both offer the address and times of the file', async () => {
    const times = { lease_s: 120, t1_s: 10, t2_s: 20 };
    // A dnsmasq that runs may still be reading its files.
    await expect
      .poll(() => offersFor(lab, 'net1', RANGE_PORT), ASYNC)
      .toEqual([
        { server: first, address: '198.18.17.5', ...times },
        { server: second, address: '198.18.17.5', ...times },
      ]);
    await expect
      .poll(() => offers('02:32:10:00:00:00', 'net3'), ASYNC)
      .toEqual(['198.18.32.2 198.18.33.0', '198.18.32.3 198.18.33.0']);
    expect(await offers('02:ff:ff:ff:ff:ff'), 'a stranger gets nothing').toEqual([]);
    await expect.poll(() => leasesOf('dhcp1-node1'), ASYNC).toContain('0 02:16:10:00:00:05 198.18.17.5');
  });

  test('a port that is added, moved and removed: both agents know at once', async () => {
    const mac = '02:16:00:00:00:77';
    expect(await offers(mac)).toEqual([]);
    const { now_ns: before } = await lab.agent.call('hello', {});
    const told = await neutron.addPort('net1', { name: 'new', mac, address: '198.18.16.77' });
    const { now_ns: after } = await lab.agent.call('hello', {});
    expect(told).toBeGreaterThan(before);
    expect(told).toBeLessThan(after);
    await waitOffers(mac, [`${first} 198.18.16.77`, `${second} 198.18.16.77`]);
    await neutron.movePort('net1', 'new', '198.18.16.78');
    await waitOffers(mac, [`${first} 198.18.16.78`, `${second} 198.18.16.78`]);
    await neutron.removePort('net1', 'new');
    await waitOffers(mac, []);
  });

  test('the lease of a port that goes is released at both agents', async () => {
    const lease = '0 02:16:10:00:00:05 198.18.17.5';
    const places = ['dhcp1-node1', 'dhcp1-node2'];
    const knowing = async () => {
      const tables = await Promise.all(places.map(leasesOf));
      return places.filter((_, index) => tables[index]!.includes(lease));
    };
    // dnsmasq writes the file anew at every change: a read in that moment sees a part of it.
    await waitUntil({
      what: 'the lease to be known at both',
      timeout_ms: TOLD_TIMEOUT_MS,
      check: async () => (await knowing()).length === places.length,
      log: () => lab.log('dhcp1-node2'),
    });
    await neutron.removePort('net1', 'range-5');
    await waitUntil({
      what: 'the lease to be gone at both',
      timeout_ms: TOLD_TIMEOUT_MS,
      check: async () => (await knowing()).length === 0,
      log: () => lab.log('dhcp1-node1'),
    });
    const count = async () => (await leasesOf('dhcp1-node1')).length;
    await expect.poll(count, { ...ASYNC, message: 'the others stay' }).toBeGreaterThan(1000);
    expect((await nodeFile(lab, 'dhcp1-node1', HOST_FILE))?.includes('02:16:10:00:00:05')).toBe(false);
  });

  test('real clients get their ports, and what is wrong about a port is refused', async () => {
    await waitUntil({
      what: 'dhclient to have its address',
      timeout_ms: 15_000,
      check: async () => {
        const shown = await lab.exec('dhclient1', ['ip', '-4', '-oneline', 'address', 'show', 'dev', 'net1']);
        return shown.stdout.includes('198.18.16.11/21');
      },
      log: () => lab.log('dhclient1'),
    });
    const port = { name: 'x', mac: '02:16:00:00:00:78', address: '198.18.16.11' };
    await expect(neutron.addPort('net1', port)).rejects.toThrow(
      /address 198.18.16.11 belongs to port 'dhclient1'/,
    );
    await expect(neutron.addPort('net9', port)).rejects.toThrow(/there is no network 'net9' \(did you mean/);
    await expect(neutron.movePort('net1', 'dhclient2', '198.18.16.13')).rejects.toThrow(
      /did you mean 'dhclient1'/,
    );
    expect(neutron.ports('net1')).toBe(neutron.networks.networks[0]!.ports);
  });

  test('an agent that was away gets what has changed meanwhile before it starts', async () => {
    const { injection } = await inject(lab, 'crash', 'host:node1');
    const mac = '02:16:00:00:00:79';
    await neutron.addPort('net1', { name: 'meanwhile', mac, address: '198.18.16.79' });
    await waitOffers(mac, [`${second} 198.18.16.79`]);
    await injection.heal();
    await waitServing(lab, 'dhcp1-node1');
    await waitOffers(mac, [`${first} 198.18.16.79`, `${second} 198.18.16.79`]);
    await expect.poll(() => leasesOf('dhcp1-node1'), ASYNC).toContain(`0 ${mac} 198.18.16.79`);
  });

  test('a dnsmasq that was killed: the next one reads what has changed', async () => {
    const { injection } = await inject(lab, 'kill', 'dhcp1-node2/dnsmasq');
    const mac = '02:16:00:00:00:7a';
    await neutron.addPort('net1', { name: 'unheard', mac, address: '198.18.16.80' });
    await waitOffers(mac, [`${first} 198.18.16.80`]);
    await injection.heal();
    await waitOffers(mac, [`${first} 198.18.16.80`, `${second} 198.18.16.80`]);
  });

  test('a network that is unbound is served no longer, and leaves nothing; bound again, it is', async () => {
    await neutron.unbind('net1', 'node2');
    expect(neutron.bindings().get('net1')).toEqual(['node1']);
    expect(await serves(lab, 'dhcp1-node2')).toBe(false);
    expect(await nodeFile(lab, 'dhcp1-node2', DNSMASQ_CONF)).toBeUndefined();
    expect((await lab.exec('dhcp1-node2', ['ls', '-A', '/var/lib/neutron/dhcp'])).stdout).toBe('');
    await waitOffers(RANGE_PORT, [`${first} 198.18.17.5`]);
    await neutron.bind('net1', 'node2');
    expect(await serves(lab, 'dhcp1-node2')).toBe(true);
    await waitOffers(RANGE_PORT, [`${first} 198.18.17.5`, `${second} 198.18.17.5`]);
    await expect(neutron.bind('net1', 'node3')).rejects.toThrow(
      /host 'node3' has no place for network 'net1'/,
    );
  });

  test('reset: bindings, ports and files of the beginning', async () => {
    const host = await nodeFile(lab, 'dhcp1-node1', HOST_FILE);
    await neutron.addPort('net1', { name: 'new', mac: '02:16:00:00:00:7b', address: '198.18.16.81' });
    await neutron.removePort('net1', 'range-7');
    await neutron.unbind('net2', 'node1');
    await neutron.reset();
    expect([...neutron.bindings().values()].every((hosts) => hosts.length === 2)).toBe(true);
    await waitServing(lab, 'dhcp2-node1');
    expect((await nodeFile(lab, 'dhcp1-node1', HOST_FILE)) === host, 'the same host file').toBe(true);
    await waitOffers('02:16:00:00:00:7b', []);
    await waitOffers('02:16:10:00:00:07', [`${first} 198.18.17.7`, `${second} 198.18.17.7`]);
  });

  test('paths that lead out of a node are refused', async () => {
    const { pid } = lab.node('tester');
    const write = (path: string) =>
      lab.agent.call('write_node_files', { pid, files: { [path]: 'x' }, remove: [] });
    for (const path of ['/tmp/../x', 'tmp/x', '/', '/tmp/']) {
      await expect(write(path)).rejects.toThrow(/is not an absolute path of a file/);
    }
    await lab.exec('tester', ['ln', '-s', '/etc', '/tmp/link']);
    await expect(write('/tmp/link/x')).rejects.toThrow(/\/tmp\/link\/x cannot be written in the node/);
    await write('/tmp/deep/er/x');
    expect(await nodeFile(lab, 'tester', '/tmp/deep/er/x')).toBe('x');
    expect((await lab.exec('tester', ['ls', '-A', '/tmp/deep/er'])).stdout).toBe('x\n');
  });
});
