import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { labNow } from '../../harness/lab/now.ts';
import { up } from '../../harness/lab/up.ts';
import { dhcpPort } from '../../harness/probes/dhcp/dhcp-port.ts';
import { type PortStep, portStepsOf } from '../../harness/probes/dhcp/dhcp-port-steps.ts';
import type { RunningProbe } from '../../harness/probes/probe.ts';
import { loadNetworks } from '../../harness/systems/dhcp/config/load-networks.ts';
import { NeutronServer } from '../../harness/systems/dhcp/live/neutron-server.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { REPOSITORY } from '../support/hadrill.ts';
import { engine, freshName, removeLabs } from '../support/labs.ts';

const name = freshName('ports');
const PERIOD_MS = 1000;
let lab: Lab;
let neutron: NeutronServer;

beforeAll(async () => {
  const { env } = process;
  const topology = await loadTopology(`${REPOSITORY}/topologies/dhcp/dhcp.clab.yml`, { env });
  const networks = await loadNetworks(topology, env);
  const onLab = (built: Lab) => {
    neutron = NeutronServer.create(built, networks!);
  };
  lab = await up(engine, topology, { name, onLab });
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

const options = dhcpPort.options.parse({
  ...{ kind: 'dhcp-port', from: 'tester', interface: 'net1', network: 'net1', period: `${PERIOD_MS}ms` },
});

async function start(): Promise<RunningProbe> {
  const probe = await dhcpPort.start(lab, 'ports', options);
  onTestFinished(() => probe.abandon());
  return probe;
}

/** Until a port has been added, moved and removed. */
async function untilGreen(probe: RunningProbe): Promise<void> {
  await waitUntil({
    what: 'a port to have come and gone',
    timeout_ms: 60_000,
    check: async () => (await probe.trouble()) === undefined,
  });
}

const newPorts = () => neutron.ports('net1').filter((port) => port.name.startsWith('new-'));

/** The steps of each port, in order. */
function livesOf(steps: readonly PortStep[]): PortStep[][] {
  return [...Map.groupBy(steps, ({ mac }) => mac).values()];
}

test('every port is added, moved and removed in this order, each step told and served; none stays', async () => {
  const from_ns = await labNow(lab);
  const probe = await start();
  expect(await probe.trouble()).toBe('no port has been added, moved and removed yet');
  await untilGreen(probe);
  const end_ns = await labNow(lab);
  const files = await probe.stop();
  expect(newPorts(), 'also of lives that were not over').toEqual([]);

  const steps = portStepsOf(files, 'ports-steps.json');
  expect(steps.map(({ seq }) => seq)).toEqual(steps.map((_, index) => index));
  const lives = livesOf(steps);
  expect(lives.length).toBeGreaterThan(1);
  for (const life of lives) {
    const kinds = life.map(({ step }) => step);
    expect(kinds.at(0)).toBe('added');
    expect(kinds.at(-1)).toBe('removed');
    expect(['added moved removed', 'added removed']).toContain(kinds.join(' '));
    const moments = life.map(({ told_ns }) => told_ns!);
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
  }
  const [added, moved, removed] = lives.find((life) => life.length === 3)!;
  expect(moved!.address).not.toBe(added!.address);
  expect(removed!.address).toBe(moved!.address);

  const windows = { fault_ns: from_ns, heal_ns: end_ns, healed_ns: end_ns, end_ns };
  const { metrics, doubts } = dhcpPort.analyse('ports', options, files, windows);
  expect(doubts).toEqual([]);
  expect(metrics).toMatchObject({ added_served_ratio: 1, moved_served_ratio: 1 });
  expect(metrics.served_ms).toBeGreaterThan(0);
});

test('abandoned in the middle of a life it leaves no port; harmless twice', async () => {
  const probe = await start();
  await waitUntil({ what: 'a port to be there', timeout_ms: 5000, check: async () => newPorts().length > 0 });
  await probe.abandon();
  expect(newPorts()).toEqual([]);
  await probe.abandon();
});

test('a network that there is not is refused, and so is an interface', async () => {
  await expect(dhcpPort.start(lab, 'ports', { ...options, network: 'net4' })).rejects.toThrow(
    "there is no network 'net4'",
  );
  await expect(dhcpPort.start(lab, 'ports', { ...options, interface: 'net9' })).rejects.toThrow('net9');
});
