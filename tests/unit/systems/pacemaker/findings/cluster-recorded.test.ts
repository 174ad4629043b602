import { cp, mkdtemp, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { analyseTrial } from '../../../../../harness/analysis/analyse-trial.ts';
import { InputError } from '../../../../../harness/ground/errors.ts';
import type { RunFacts } from '../../../../../harness/journal/run-facts.ts';
import { RUN, readJson } from '../../../analysis/run-copy.ts';
import { CRASH } from './cluster-trial.ts';

const run = { ...(await readJson<RunFacts>(RUN, 'run.json')), probes: [] };

async function copyOfCrash(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-crash-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(CRASH, folder, { recursive: true });
  return folder;
}

test('a recorded loss of a node has every number that its records can tell', async () => {
  const { metrics, bounds } = (await analyseTrial(run, CRASH)).trial;
  const told = Object.entries(metrics).filter(([name]) => /^(?:cluster|vip)\./.test(name));
  expect(Object.fromEntries(told.map(([name, value]) => [name, Math.round(value)]))).toEqual({
    ...{ 'cluster.detection_ms': 3021, 'cluster.start_ms': 194, 'cluster.started_ms': 4245 },
    ...{ 'cluster.address_ms': 4140, 'cluster.takeover_ms': 4327, 'cluster.owners_max': 1 },
    ...{ 'vip.detection_ms': 3021, 'vip.address_ms': 4140, 'vip.takeover_ms': 4327, 'vip.owners_max': 1 },
    ...{ 'cluster.moved': 2, 'cluster.dc_changed': 0, 'cluster.members_online': 1, 'cluster.with_quorum': 1 },
    ...{ 'cluster.resources_running': 2, 'cluster.failures': 0, 'cluster.two_owners_ms': 0 },
    ...{ 'cluster.fenced': 0, 'cluster.fencing_failed': 0, 'vip.two_owners_ms': 0 },
  });
  expect(bounds['cluster.detection_ms']!.from).toContain('token 1 s');
  expect(bounds['cluster.takeover_ms']!.from).toContain('start 0.194 s');
});

test('its story is in order', async () => {
  const { timeline, clusters } = (await analyseTrial(run, CRASH)).trial;
  expect(timeline.map(({ event }) => event)).toEqual([
    ...['fault', 'detected', 'address', 'started', 'first-garp', 'started', 'first-answer'],
    ...['heal', 'node-back'],
  ]);
  expect(clusters!.map(({ when, said }) => [when, said!.by, said!.nodes.lb1])).toEqual([
    ['before', 'lb1', 'online'],
    ['during', 'lb2', 'offline'],
    ['after', 'lb1', 'online'],
  ]);
});

test.each([
  'alerts-lb1',
  'alerts-lb2',
  'cib-lb.xml',
  'crm_mon-before-lb.xml',
  'crm_mon-during-lb.xml',
  'crm_mon-after-lb.xml',
  'front.pcap',
])('it can’t be told without %s', async (name) => {
  const folder = await copyOfCrash();
  await unlink(path.join(folder, name));
  const analysed = analyseTrial(run, folder);
  await expect(analysed).rejects.toThrow(InputError);
  await expect(analysed).rejects.toThrow(name);
});
