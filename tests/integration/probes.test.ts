import { afterAll, afterEach, beforeAll, expect, type TestContext, test } from 'vitest';
import { execInContainer } from '../../harness/engine/exec-in-container.ts';
import { msFromNs } from '../../harness/ground/time.ts';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { TrialWindows } from '../../harness/journal/trial-facts.ts';
import type { ChangeTime } from '../../harness/lab/agent-shapes.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { labNow } from '../../harness/lab/now.ts';
import { up } from '../../harness/lab/up.ts';
import type { ProbeFindings, RunningProbe } from '../../harness/probes/probe.ts';
import { probes } from '../../harness/probes/registry.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { engine, freshName, labContainers, removeLabs, topologyFile } from '../support/labs.ts';

const SESSIONS = 8;
/** A probe that was kept from its schedule for longer can't be held to what it measured. */
const MOST_STARVED_MS = 50;
/** After healing, so that requests are sent in that window too. */
const WATCHED_AFTER_MS = 100;

const name = freshName('probes');
let lab: Lab;
let running: RunningProbe[] = [];
const optionsOf = new Map<string, Record<string, unknown>>();

beforeAll(async () => {
  lab = await up(engine, await loadTopology(topologyFile('service')), { name });
});
afterEach(async () => {
  for (const probe of running) await probe.abandon();
  running = [];
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

async function start(kind: 'udp' | 'tcp', more: Record<string, unknown> = {}): Promise<RunningProbe> {
  const known = probes.get(kind)!;
  const options = known.options.parse({ kind, from: 'client', to: 'server', address: '198.18.1.2', ...more });
  optionsOf.set(kind, options);
  const probe = await known.start(lab, kind, options);
  running.push(probe);
  return probe;
}

/** Stops a probe and reads its records. */
async function findings(probe: RunningProbe, windows: TrialWindows): Promise<ProbeFindings> {
  const files = await probe.stop();
  return probes.get(probe.name)!.analyse(probe.name, optionsOf.get(probe.name)!, files, windows);
}

async function waitGreen(probe: RunningProbe): Promise<void> {
  let trouble: string | undefined;
  await waitUntil({
    what: `probe ${probe.name} to be green`,
    timeout_ms: 10_000,
    check: async () => {
      trouble = await probe.trouble();
      return trouble === undefined;
    },
    lastSeen: () => trouble,
  });
}

async function waitSettled(probe: RunningProbe, since_ns: number): Promise<void> {
  await waitUntil({
    what: `probe ${probe.name} to settle`,
    timeout_ms: 30_000,
    check: () => probe.settled(since_ns),
  });
}

function skipIfStarved(context: TestContext, { starved_ms = 0 }: ProbeFindings): void {
  context.skip(
    starved_ms > MOST_STARVED_MS,
    `the machine kept the probe from its schedule for ${starved_ms.toFixed(0)} ms`,
  );
}

/** Drops every frame at the server's port; the carrier stays. */
async function cutFor(ms: number): Promise<{ cut: ChangeTime; mended: ChangeTime }> {
  const ports = ['server'];
  const cut = await lab.agent.call('set_forwarding', { ports, forwarding: false });
  await sleep(ms);
  return { cut, mended: await lab.agent.call('set_forwarding', { ports, forwarding: true }) };
}

/** In the fabric, with the network of a node. */
async function inNetworkOf(node: string, script: string): Promise<void> {
  const fabric = (await labContainers(name)).find((one) => one.Labels['hadrill.node'] === 'fabric')!;
  const net = `--net=/proc/${lab.node(node).pid}/ns/net`;
  const argv = ['nsenter', net, '--', 'sh', '-ec', script];
  const done = await execInContainer(engine.docker.getContainer(fabric.Id), argv);
  expect(done).toMatchObject({ exit_code: 0, stderr: '' });
}

test('a null run: no outage, every session lives on', async (context) => {
  const [udp, tcp] = [await start('udp'), await start('tcp', { sessions: SESSIONS })];
  await waitGreen(udp);
  await waitGreen(tcp);
  const fault_ns = await labNow(lab);
  await sleep(700);
  const heal_ns = await labNow(lab);
  await waitSettled(tcp, fault_ns);
  await waitSettled(udp, fault_ns);
  await sleep(WATCHED_AFTER_MS);
  const windows = { fault_ns, heal_ns, healed_ns: heal_ns, end_ns: await labNow(lab) };
  const [found, sessions] = [await findings(udp, windows), await findings(tcp, windows)];
  skipIfStarved(context, found);
  expect(found).toMatchObject({
    open: [],
    doubts: [],
    outages: [],
    rejoin_outage_ms: 0,
    metrics: { outage_ms: 0, lost: 0 },
  });
  expect(found.metrics.sent).toBeGreaterThan(100);
  expect(sessions.metrics).toMatchObject({
    sessions: SESSIONS,
    survived: SESSIONS,
    survived_ratio: 1,
    reset: 0,
    stalled: 0,
  });
});

test('a cut of the wire: the outage reported holds the true one within its error', async (context) => {
  const [udp, tcp] = [await start('udp'), await start('tcp', { sessions: SESSIONS })];
  await waitGreen(udp);
  await waitGreen(tcp);
  await sleep(600);
  const { cut, mended } = await cutFor(300);
  await waitSettled(udp, mended.after_ns);
  await waitSettled(tcp, mended.after_ns);
  const heal_ns = mended.after_ns;
  const windows = { fault_ns: cut.after_ns, heal_ns, healed_ns: heal_ns, end_ns: await labNow(lab) };
  const [found, sessions] = [await findings(udp, windows), await findings(tcp, windows)];
  skipIfStarved(context, found);
  const shortest_ms = msFromNs(mended.before_ns - cut.after_ns);
  const longest_ms = msFromNs(mended.after_ns - cut.before_ns);
  const { outage_ms = 0, outage_error_ms = 0, lost = 0 } = found.metrics;
  expect(shortest_ms).toBeGreaterThan(290);
  // A datagram that the machine holds back meets the port later than it was sent: by as much as the machine was late here.
  const { starved_ms: held_ms = 0 } = found;
  expect(outage_ms + outage_error_ms).toBeGreaterThanOrEqual(shortest_ms - held_ms);
  expect(outage_ms - outage_error_ms).toBeLessThanOrEqual(longest_ms + held_ms);
  expect(outage_error_ms).toBeGreaterThan(0);
  expect(outage_error_ms).toBeLessThan(outage_ms / 4);
  expect(lost).toBeGreaterThan(0);
  expect(found.open).toEqual([]);
  expect(sessions.metrics).toMatchObject({ survived_ratio: 1, reset: 0 });
  expect(sessions.metrics.stall_ms).toBeGreaterThanOrEqual(shortest_ms);
});

test('an outage that has not ended is open, not short', async () => {
  const udp = await start('udp');
  await waitGreen(udp);
  await sleep(300);
  const ports = ['server'];
  const cut = await lab.agent.call('set_forwarding', { ports, forwarding: false });
  try {
    await sleep(400);
    const heal_ns = await labNow(lab);
    await sleep(100);
    const windows = { fault_ns: cut.after_ns, heal_ns, healed_ns: heal_ns, end_ns: await labNow(lab) };
    const found = await findings(udp, windows);
    expect(found.open).toEqual(['udp: the outage was still open at the end of the trial']);
    expect(found.metrics.outage_ms).toBeGreaterThan(200);
  } finally {
    await lab.agent.call('set_forwarding', { ports, forwarding: true });
  }
});

test('sessions that are reset are counted, and none of them survives', async () => {
  const tcp = await start('tcp', { sessions: SESSIONS });
  await waitGreen(tcp);
  const refuse = 'nft add rule ip refuse in tcp dport 7002 reject with tcp reset';
  const chain = "nft 'add chain ip refuse in { type filter hook input priority 0; }'";
  await inNetworkOf('server', `nft add table ip refuse; ${chain}; ${refuse}`);
  try {
    // From here on, so that what arrived just before does not count as going on.
    const fault_ns = await labNow(lab);
    await waitSettled(tcp, fault_ns);
    expect(await tcp.trouble()).toBe(`0 of ${SESSIONS} TCP sessions are open`);
    const now_ns = await labNow(lab);
    const windows = { fault_ns, heal_ns: now_ns, healed_ns: now_ns, end_ns: now_ns };
    const found = await findings(tcp, windows);
    expect(found.metrics).toMatchObject({
      sessions: SESSIONS,
      survived: 0,
      survived_ratio: 0,
      reset: SESSIONS,
    });
  } finally {
    await inNetworkOf('server', 'nft delete table ip refuse');
  }
});

test('a probe that dies is an error with its name, never a result', async () => {
  const udp = await start('udp');
  await waitGreen(udp);
  const fabric = (await labContainers(name)).find((one) => one.Labels['hadrill.node'] === 'fabric')!;
  const inside = await lab.agent.call('container_processes', { container_id: fabric.Id });
  const client = inside.find((process) => process.argv.some((word) => word.endsWith('udp_client.py')))!;
  await execInContainer(engine.docker.getContainer(fabric.Id), ['kill', '-KILL', String(client.pid)]);
  await expect(udp.stop()).rejects.toThrow(/^probe udp ended with status/);
});

test('a probe that cannot reach its server says so', async () => {
  await expect(start('tcp', { sessions: 1, address: '198.18.1.77' })).rejects.toThrow(/^probe tcp: /);
});
