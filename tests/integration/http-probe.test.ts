import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { labNow } from '../../harness/lab/now.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { output } from '../support/faults.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';
import {
  type Away,
  expectHolds,
  type Said,
  skipIfStarved,
  startProbe,
  type TestProbe,
  waitGreen,
  waitSettled,
} from '../support/running-probes.ts';

/** A probe that was kept from its schedule for longer can't be held to what it measured. */
const MOST_STARVED_MS = 100;
const PROXY = '198.18.1.10';
const B1 = '198.18.1.21';
const NOVA = '198.18.1.31';

const name = freshName('http');
let lab: Lab;
let running: TestProbe[] = [];

beforeAll(async () => {
  lab = await up(engine, await loadTopology(topologyFile('web')), { name });
  for (const port of [80, 81]) await waitServed(port);
});
afterEach(async () => {
  for (const probe of running) await probe.running.abandon();
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

async function start(as: string, said: Said): Promise<TestProbe> {
  const probe = await startProbe(lab, as, { from: 'client', address: PROXY, ...said });
  running.push(probe);
  return probe;
}

test('a null run: every request is answered correctly, by both web servers, through the proxy', async (context) => {
  const anew = await start('http', { kind: 'http' });
  const kept = await start('kept', { kind: 'http', connections: 'keep-alive', concurrency: 3 });
  await waitGreen(anew);
  await waitGreen(kept);
  const fault_ns = await labNow(lab);
  await sleep(500);
  const heal_ns = await labNow(lab);
  await waitSettled(anew, fault_ns);
  await waitSettled(kept, fault_ns);
  const found = [await anew.findings(fault_ns, heal_ns), await kept.findings(fault_ns, heal_ns)];
  for (const one of found) skipIfStarved(context, one, MOST_STARVED_MS);
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
  const patient = await start('patient', { kind: 'http', late: '2s' });
  for (const one of [probe, patient]) await waitGreen(one);
  await sleep(600);
  const ports = ['proxy'];
  const cut = await lab.agent.call('set_forwarding', { ports, forwarding: false });
  await sleep(400);
  const mended = await lab.agent.call('set_forwarding', { ports, forwarding: true });
  await waitSettled(probe, mended.after_ns);
  const found = await probe.findings(cut.after_ns, mended.after_ns);
  skipIfStarved(context, found, MOST_STARVED_MS);
  const { outage_ms = 0, outage_error_ms = 0, failed, late } = found.metrics;
  const away: Away = { gone: [cut.before_ns, cut.after_ns], back: [mended.before_ns, mended.after_ns] };
  expectHolds(found, away);
  expect(outage_error_ms).toBeLessThan(outage_ms / 4);
  // A SYN that was lost is sent again after a second (RFC 6298 §2.1): the request is answered, but late.
  expect(late).toBeGreaterThan(10);
  expect(failed).toBe(0);
  const { metrics } = await patient.findings(cut.after_ns, mended.after_ns);
  expect(metrics).toMatchObject({ outage_ms: 0, late: 0, failed: 0 });
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
      check: async () =>
        (await probe.running.trouble())?.includes('the last 0 in a row; the last outcome: refused'),
      lastSeen: () => 'something else',
    });
    await sleep(200);
    const found = await probe.findings(fault_ns, await labNow(lab));
    expect(found.open).toEqual(['http: the outage was still open at the end of the trial']);
    expect(found.metrics.outage_ms).toBeGreaterThan(100);
    expect(found.metrics.failed).toBeGreaterThan(5);
    expect(found.metrics.bad_status).toBe(0);
  } finally {
    await output(lab, 'proxy', 'sv', 'up', 'haproxy');
  }
});

/** Does something to b1's web server by its supervisor (sv(8)); resolves with the moments around it. */
async function toServer(...commands: string[]): Promise<[number, number]> {
  const before_ns = await labNow(lab);
  for (const command of commands) await output(lab, 'b1', 'sv', command, 'web-server');
  return [before_ns, await labNow(lab)];
}

test('a web server that is killed refuses, until it is started again', async (context) => {
  const asked = { kind: 'http', address: B1, port: 8080 };
  const anew = await start('http', asked);
  const kept = await start('kept', { ...asked, connections: 'keep-alive', concurrency: 3 });
  for (const probe of [anew, kept]) await waitGreen(probe);
  const gone = await toServer('once', 'kill');
  await sleep(500);
  const [up_ns] = await toServer('up');
  await output(lab, 'b1', 'sh', '-c', `until curl -sf -o /run/answer ${B1}:8080; do sleep 0.02; done`);
  const away: Away = { gone, back: [up_ns, await labNow(lab)] };
  for (const probe of [anew, kept]) await waitSettled(probe, away.back[1]);
  const found = [await anew.findings(gone[1], away.back[1]), await kept.findings(gone[1], away.back[1])];
  for (const one of found) skipIfStarved(context, one, MOST_STARVED_MS);
  for (const one of found) {
    expectHolds(one, away);
    expect(one.metrics.outage_error_ms).toBeLessThan(one.metrics.outage_ms! / 4);
    expect(one.metrics).toMatchObject({ outages: 1, late: 0, bad_status: 0, wrong_content: 0, backends: 1 });
    expect(one.metrics.failed).toBeGreaterThan(10);
  }
  // All that were kept died with the server.
  expect(found[1]!.metrics.reconnects).toBeGreaterThanOrEqual(3);
});

test('a web server that hangs answers late; who does not wait for it has failed', async (context) => {
  const asked = { kind: 'http', address: B1, port: 8080 };
  const patient = await start('patient', { ...asked, late: '300ms' });
  const hasty = await start('hasty', { ...asked, late: '200ms', timeout: '300ms' });
  for (const probe of [patient, hasty]) await waitGreen(probe);
  const gone = await toServer('pause');
  await sleep(900);
  const back = await toServer('cont');
  for (const probe of [patient, hasty]) await waitSettled(probe, back[1]);
  const found = [await patient.findings(gone[0], back[1]), await hasty.findings(gone[0], back[1])];
  for (const one of found) skipIfStarved(context, one, MOST_STARVED_MS);
  for (const one of found) expectHolds(one, { gone, back });
  expect(found[0]!.metrics).toMatchObject({ failed: 0, outages: 1, unfinished: 0 });
  expect(found[0]!.metrics.late).toBeGreaterThan(20);
  expect(found[1]!.metrics.failed).toBeGreaterThan(20);
  expect(found[1]!.metrics.late).toBeLessThan(found[0]!.metrics.late!);
});

test('an answer in the name of another server is wrong, unless any will do; one of no web server has its status', async () => {
  const ofHttp = async (more: Record<string, unknown>) => {
    const probe = await start('web', { kind: 'http', ...more });
    await sleep(600);
    const now_ns = await labNow(lab);
    const { metrics } = await probe.findings(now_ns - 300_000_000, now_ns);
    expect(metrics.requests).toBeGreaterThan(10);
    return metrics;
  };
  const { requests: wrong, ...echo } = await ofHttp({ port: 85 });
  expect(echo).toMatchObject({ failed: wrong, wrong_content: wrong, bad_status: 0, backends: 0 });
  expect(await ofHttp({ port: 85, content: 'any' })).toMatchObject({
    failed: 0,
    wrong_content: 0,
    outages: 0,
  });
  const { requests: refused, ...nova } = await ofHttp({ address: NOVA, port: 8775, content: 'any' });
  expect(nova).toMatchObject({ failed: refused, wrong_content: 0, bad_status: refused });
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
  await sleep(600);
  const now_ns = await labNow(lab);
  const { metrics } = await probe.findings(now_ns - 300_000_000, now_ns);
  expect(metrics.requests).toBeGreaterThan(20);
  return metrics;
}

test("an instance's metadata are right only when they are its own, and signed", async () => {
  await waitGreen(await start('own', { kind: 'metadata', instance: 'i-1', tenant: 't-1', port: 81 }));
  const own = await ofMetadata(81);
  const statuses = { status_403: 0, status_404: 0, status_503: 0 };
  const none = { failed: 0, wrong_instance: 0, wrong_content: 0, ...statuses };
  expect(own).toMatchObject({ ...none, bad_status: 0, outages: 0, backends: 1, nodes: 1 });
  const { requests: unsigned, ...refused } = await ofMetadata(82);
  expect(refused).toMatchObject({ ...none, failed: unsigned, bad_status: unsigned, status_403: unsigned });
  const { requests: others, ...wrong } = await ofMetadata(83);
  expect(wrong).toMatchObject({ ...none, failed: others, bad_status: 0, wrong_instance: others });
  const { requests: strangers, ...unknown } = await ofMetadata(84);
  expect(unknown).toMatchObject({ ...none, failed: strangers, status_404: strangers });
  const { requests: direct, ...nameless } = await ofMetadata(8775, NOVA);
  expect(nameless).toMatchObject({ ...none, failed: direct, bad_status: direct, nodes: 0 });
  await output(lab, 'nova', 'sv', 'down', 'nova-metadata');
  const { requests: unanswered, ...alone } = await ofMetadata(81);
  expect(alone).toMatchObject({ ...none, failed: unanswered, status_503: unanswered });
});

test('neither server runs unless a node asks for it', async () => {
  const listening = async (node: string) =>
    (await output(lab, node, 'cat', '/proc/net/tcp', '/proc/net/tcp6')).split('\n');
  const ports = (lines: string[]) =>
    lines.flatMap((line) => /:([0-9A-F]{4}) (?:0{8}|0{32}):0000 0A /.exec(line)?.[1] ?? []);
  expect(ports(await listening('client'))).toEqual([]);
  // 8080: the proxy asks there.
  expect(ports(await listening('b1'))).toEqual(['1F90']);
});
