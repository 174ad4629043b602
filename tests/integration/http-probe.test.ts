import { afterAll, afterEach, beforeAll, expect, type TestContext, test } from 'vitest';
import { labNow } from '../../harness/drill/inject.ts';
import { msFromNs } from '../../harness/ground/time.ts';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import type { ProbeFindings, RunningProbe } from '../../harness/probes/probe.ts';
import { probes } from '../../harness/probes/registry.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { output } from '../support/faults.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';

/** A probe that was kept from its schedule for longer can't be held to what it measured. */
const MOST_STARVED_MS = 100;
const PROXY = '198.18.1.10';

const name = freshName('http');
let lab: Lab;
let running: RunningProbe[] = [];
const optionsOf = new Map<string, { kind: string } & Record<string, unknown>>();

beforeAll(async () => {
  lab = await up(engine, await loadTopology(topologyFile('web')), { name });
  for (const port of [80, 81]) await waitServed(port);
});
afterEach(async () => {
  for (const probe of running) await probe.abandon();
  running = [];
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

/** Until the servers listen the proxy says 503. */
async function waitServed(port: number): Promise<void> {
  await waitUntil({
    what: `all servers behind port ${port} to answer`,
    timeout_ms: 20_000,
    check: async () => {
      const url = `http://${PROXY}:${port}/`;
      const { exit_code } = await lab.exec('client', ['curl', '-sf', '-o', '/dev/null', url, url, url, url]);
      return exit_code === 0;
    },
    log: () => lab.log('proxy'),
  });
}

async function start(as: string, said: { kind: string } & Record<string, unknown>): Promise<RunningProbe> {
  const kind = probes.get(said.kind)!;
  const options = kind.options.parse({ from: 'client', address: PROXY, ...said }) as typeof said;
  optionsOf.set(as, options);
  const probe = await kind.start(lab, as, options);
  running.push(probe);
  return probe;
}

async function findings(probe: RunningProbe, fault_ns: number, heal_ns: number): Promise<ProbeFindings> {
  // So that something is sent after the mending too.
  await sleep(150);
  const windows = { fault_ns, heal_ns, healed_ns: heal_ns, end_ns: await labNow(lab) };
  const files = await probe.stop();
  const options = optionsOf.get(probe.name)!;
  return probes.get(options.kind)!.analyse(probe.name, options, files, windows);
}

async function waitGreen(probe: RunningProbe): Promise<void> {
  let trouble: string | undefined;
  await waitUntil({
    what: `probe ${probe.name} to be green`,
    timeout_ms: 20_000,
    check: async () => {
      trouble = await probe.trouble();
      return trouble === undefined;
    },
    lastSeen: () => trouble,
  });
}

function waitSettled(probe: RunningProbe, since_ns: number): Promise<unknown> {
  return waitUntil({
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

test('a null run: every request is answered rightly, by both web servers, through the proxy', async (context) => {
  const anew = await start('http', { kind: 'http' });
  const kept = await start('kept', { kind: 'http', connections: 'keep-alive', concurrency: 3 });
  await waitGreen(anew);
  await waitGreen(kept);
  const fault_ns = await labNow(lab);
  await sleep(500);
  const heal_ns = await labNow(lab);
  await waitSettled(anew, fault_ns);
  await waitSettled(kept, fault_ns);
  const found = [await findings(anew, fault_ns, heal_ns), await findings(kept, fault_ns, heal_ns)];
  for (const one of found) skipIfStarved(context, one);
  for (const { metrics, open, outages } of found) {
    expect({ open, outages }).toEqual({ open: [], outages: [] });
    expect(metrics).toMatchObject({
      outage_ms: 0,
      bad_status: 0,
      wrong_content: 0,
      backends: 2,
      nodes: 1,
    });
    expect(metrics.latency_median_ms).toBeGreaterThan(0);
    expect(metrics.latency_median_ms).toBeLessThanOrEqual(metrics.latency_p99_ms!);
  }
  expect(found[0]!.metrics).not.toHaveProperty('reconnects');
  expect(found[1]!.metrics.reconnects).toBeLessThan(found[1]!.metrics.requests! / 2);
});

test('a cut of the wire: the outage reported holds the true one within its error', async (context) => {
  const probe = await start('http', { kind: 'http' });
  await waitGreen(probe);
  await sleep(600);
  const ports = ['proxy'];
  const cut = await lab.agent.call('set_forwarding', { ports, forwarding: false });
  await sleep(400);
  const mended = await lab.agent.call('set_forwarding', { ports, forwarding: true });
  await waitSettled(probe, mended.after_ns);
  const found = await findings(probe, cut.after_ns, mended.after_ns);
  skipIfStarved(context, found);
  const shortest_ms = msFromNs(mended.before_ns - cut.after_ns);
  const longest_ms = msFromNs(mended.after_ns - cut.before_ns);
  const { outage_ms = 0, outage_error_ms = 0, failed, late } = found.metrics;
  expect(outage_ms + outage_error_ms).toBeGreaterThanOrEqual(shortest_ms);
  expect(outage_ms - outage_error_ms).toBeLessThanOrEqual(longest_ms);
  expect(outage_error_ms).toBeLessThan(outage_ms / 4);
  // A SYN that was lost is sent again after a second (RFC 6298 §2.1): the request is answered, but late.
  expect(late).toBeGreaterThan(10);
  expect(failed).toBe(0);
  expect(found.open).toEqual([]);
});

test('a proxy that is down: refused, told so, and open until it is back', async () => {
  const probe = await start('http', { kind: 'http', connections: 'keep-alive', late: '100ms' });
  await waitGreen(probe);
  await sleep(300);
  const fault_ns = await labNow(lab);
  await output(lab, 'proxy', 'sv', 'down', 'haproxy');
  try {
    await waitUntil({
      what: 'the probe to see it',
      timeout_ms: 10_000,
      check: async () => (await probe.trouble())?.includes('the last 0 in a row; the last outcome: refused'),
      lastSeen: () => 'something else',
    });
    await sleep(200);
    const found = await findings(probe, fault_ns, await labNow(lab));
    expect(found.open).toEqual(['http: the outage was still open at the end of the trial']);
    expect(found.metrics.outage_ms).toBeGreaterThan(100);
    expect(found.metrics.failed).toBeGreaterThan(5);
    expect(found.metrics.bad_status).toBe(0);
  } finally {
    await output(lab, 'proxy', 'sv', 'up', 'haproxy');
  }
});

async function ofMetadata(port: number, address = PROXY): Promise<Record<string, number>> {
  const probe = await start('vm1', {
    kind: 'metadata',
    instance: 'i-1',
    tenant: 't-1',
    port,
    address,
    interval: '20ms',
  });
  await sleep(1000);
  const now_ns = await labNow(lab);
  const { metrics } = await findings(probe, now_ns - 500_000_000, now_ns);
  expect(metrics.requests).toBeGreaterThan(20);
  return metrics;
}

test("an instance's metadata are right only when they are its own, and signed", async () => {
  await waitGreen(await start('own', { kind: 'metadata', instance: 'i-1', tenant: 't-1', port: 81 }));
  const own = await ofMetadata(81);
  const none = {
    failed: 0,
    wrong_instance: 0,
    wrong_content: 0,
    status_403: 0,
    status_404: 0,
    status_503: 0,
  };
  expect(own).toMatchObject({ ...none, bad_status: 0, outages: 0, backends: 1, nodes: 1 });
  const { requests: unsigned, ...refused } = await ofMetadata(82);
  expect(refused).toMatchObject({ ...none, failed: unsigned, bad_status: unsigned, status_403: unsigned });
  const { requests: others, ...wrong } = await ofMetadata(83);
  expect(wrong).toMatchObject({ ...none, failed: others, bad_status: 0, wrong_instance: others });
  const { requests: strangers, ...unknown } = await ofMetadata(84);
  expect(unknown).toMatchObject({ ...none, failed: strangers, status_404: strangers });
  const { requests: direct, ...nameless } = await ofMetadata(8775, '198.18.1.31');
  expect(nameless).toMatchObject({ ...none, failed: direct, bad_status: direct, nodes: 0 });
  await output(lab, 'nova', 'sv', 'down', 'nova-metadata');
  const { requests: unanswered, ...alone } = await ofMetadata(81);
  expect(alone).toMatchObject({ ...none, failed: unanswered, status_503: unanswered });
});

test('neither server runs unless a node asks for it', async () => {
  const listening = async (node: string) =>
    (await output(lab, node, 'cat', '/proc/net/tcp')).split('\n').slice(1);
  const ports = (lines: string[]) =>
    lines.flatMap((line) => /:([0-9A-F]{4}) 0{8}:0000 0A /.exec(line)?.[1] ?? []);
  expect(ports(await listening('client'))).toEqual([]);
  // 8080: the proxy asks there.
  expect(ports(await listening('b1'))).toEqual(['1F90']);
});
