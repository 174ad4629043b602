import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Records } from '../../harness/evidence/records.ts';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { TrialWindows } from '../../harness/journal/trial-facts.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { labNow } from '../../harness/lab/now.ts';
import { up } from '../../harness/lab/up.ts';
import type { ProbeFindings, RunningProbe } from '../../harness/probes/probe.ts';
import { tcp } from '../../harness/probes/tcp/tcp.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, processes } from '../support/faults.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';

const SESSIONS = 12;
const GIVE_UP_MS = 1000;
const OPTIONS = tcp.options.parse({
  kind: 'tcp',
  from: 'client',
  to: ['b1', 'b2'],
  address: '198.18.1.10',
  sessions: SESSIONS,
  reconnect: '100ms',
  give_up: '1s',
});

const name = freshName('reconnect');
let lab: Lab;
let running: RunningProbe | undefined;

beforeAll(async () => {
  lab = await up(engine, await loadTopology(topologyFile('proxy')), { name });
});
afterEach(async () => {
  await running?.abandon();
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

async function startGreen(options = OPTIONS): Promise<RunningProbe> {
  await waitUntil({
    what: 'HAProxy to run',
    timeout_ms: 20_000,
    check: async () => (await processes(lab, 'proxy')).includes('haproxy'),
    log: () => lab.log('proxy'),
  });
  const probe = await tcp.start(lab, 'tcp', options);
  running = probe;
  expect(await probe.trouble()).toBeUndefined();
  await sleep(500);
  return probe;
}

function waitSettled(probe: RunningProbe, since_ns: number): Promise<unknown> {
  return waitUntil({
    what: 'every user to be served',
    timeout_ms: 30_000,
    check: () => probe.settled(since_ns),
  });
}

async function findings(
  probe: RunningProbe,
  fault_ns: number,
  heal_ns: number,
  options = OPTIONS,
): Promise<{ found: ProbeFindings; files: Records }> {
  const windows: TrialWindows = { fault_ns, heal_ns, healed_ns: heal_ns, end_ns: await labNow(lab) };
  const files = await probe.stop();
  return { found: tcp.analyse('tcp', options, files, windows), files };
}

function idsOf(files: Records, record: string): number[] {
  const text = new TextDecoder().decode(files[record]);
  return (JSON.parse(text) as { sessions: { id: number }[] }).sessions.map(({ id }) => id);
}

test('sessions through a proxy end on both servers, and all of them live while it does', async () => {
  const probe = await startGreen();
  const fault_ns = await labNow(lab);
  await sleep(700);
  await waitSettled(probe, fault_ns);
  const { found, files } = await findings(probe, fault_ns, await labNow(lab));
  expect(found.open).toEqual([]);
  expect(found.metrics).toMatchObject({ sessions: SESSIONS, survived: SESSIONS, lost: 0, reconnected: 0 });
  expect(found.metrics).not.toHaveProperty('reconnect_ms');
  const [b1, b2] = [idsOf(files, 'tcp-server-b1.json'), idsOf(files, 'tcp-server-b2.json')];
  expect([b1.length, b2.length]).toEqual([SESSIONS / 2, SESSIONS / 2]);
  expect([...b1, ...b2].sort((a, b) => a - b)).toEqual(Array.from({ length: SESSIONS }, (_, id) => id));
});

test('a proxy that is killed takes its sessions along; users are served again when it is back', async () => {
  const probe = await startGreen();
  const { injection } = await inject(lab, 'kill', 'proxy/haproxy');
  await sleep(800);
  expect(await probe.trouble()).toBe(`0 of ${SESSIONS} TCP sessions are open`);
  expect(await probe.settled(injection.applied_ns)).toBe(false);
  const healing_ns = await labNow(lab);
  await injection.heal();
  await waitSettled(probe, healing_ns);
  const { found } = await findings(probe, injection.applied_ns, await labNow(lab));
  expect(found.open).toEqual([]);
  expect(found.metrics).toMatchObject({ survived: 0, lost: SESSIONS, given_up: 0, reconnected: SESSIONS });
  expect(found.metrics.reconnect_ms).toBeGreaterThan(800);
  expect(found.metrics.reconnect_ms).toBeGreaterThanOrEqual(found.metrics.reconnect_median_ms!);
});

test('of a proxy without power no reset comes: sessions are given up', async () => {
  const probe = await startGreen();
  const { injection } = await inject(lab, 'crash', 'proxy');
  await sleep(GIVE_UP_MS + 500);
  expect(await probe.trouble()).toBe(`0 of ${SESSIONS} TCP sessions are open`);
  await injection.heal();
  await waitSettled(probe, await labNow(lab));
  const { found } = await findings(probe, injection.applied_ns, await labNow(lab));
  expect(found.open).toEqual([]);
  expect(found.metrics).toMatchObject({
    reset: 0,
    lost: SESSIONS,
    given_up: SESSIONS,
    reconnected: SESSIONS,
  });
  expect(found.metrics.reconnect_ms).toBeGreaterThan(GIVE_UP_MS + 500);
});

test('sessions of a dead server are opened again on the other', async () => {
  const probe = await startGreen();
  const { injection } = await inject(lab, 'crash', 'b1');
  await waitSettled(probe, injection.applied_ns);
  const { found } = await findings(probe, injection.applied_ns, await labNow(lab));
  await injection.heal();
  expect(found.open).toEqual([]);
  expect(found.metrics).toMatchObject({
    survived: SESSIONS / 2,
    lost: SESSIONS / 2,
    given_up: SESSIONS / 2,
    reconnected: SESSIONS / 2,
  });
});

test('users who are not served at the end are an open end; without reconnect nobody tries', async () => {
  const probe = await startGreen();
  const { injection } = await inject(lab, 'kill', 'proxy/haproxy');
  await sleep(300);
  const { found } = await findings(probe, injection.applied_ns, await labNow(lab));
  await injection.heal();
  expect(found.open).toEqual([
    `tcp: ${SESSIONS} of ${SESSIONS} users had no working session at the end of the trial`,
  ]);
  expect(found.metrics).toMatchObject({ lost: SESSIONS, reconnected: 0 });

  const { reconnect: _, give_up: __, ...plain } = OPTIONS;
  const once = await startGreen(plain);
  const again = await inject(lab, 'kill', 'proxy/haproxy');
  await waitSettled(once, again.injection.applied_ns);
  await again.injection.heal();
  await sleep(500);
  const end = await findings(once, again.injection.applied_ns, await labNow(lab), plain);
  expect(end.found.open).toEqual([]);
  expect(end.found.metrics).toMatchObject({ survived: 0 });
  expect(idsOf(end.files, 'tcp-server-b1.json')).toHaveLength(SESSIONS / 2);
});
