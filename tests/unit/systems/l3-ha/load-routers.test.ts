import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../harness/ground/errors.ts';
import { loadRouters } from '../../../../harness/systems/l3-ha/config/load-routers.ts';
import type { Routers } from '../../../../harness/systems/l3-ha/config/routers.ts';
import { loadTopology } from '../../../../harness/topology/load-topology.ts';

const place = (name: string, host: string, labels: string) =>
  `    ${name}: {kind: linux, image: i, labels: {hadrill.host: ${host}, ${labels}}}\n`;
const R1 = 'hadrill.routers: routers.yml, hadrill.vr.r1: 1/198.18.1.1';
const TWO = place('a1', 'node1', R1) + place('a2', 'node2', R1);

async function load(routers: string, nodes = TWO): Promise<Routers | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-routers-'));
  try {
    const file = path.join(folder, 't.clab.yml');
    await writeFile(file, `name: t\ntopology:\n  nodes:\n${nodes}`);
    await writeFile(path.join(folder, 'routers.yml'), routers);
    return await loadRouters(await loadTopology(file, { env: {} }), {});
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Each problem with the base name of its file, its line and its column. */
async function problemsOf(routers: string, nodes?: string): Promise<string[]> {
  try {
    await load(routers, nodes);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ message, position }) => {
      const { file = '', line, column } = position ?? {};
      return `${path.basename(file)}:${line}:${column} ${message}`;
    });
  }
  return [];
}

test("Neutron's own defaults", async () => {
  const routers = await load('l3_ha: true\nrouters: {r1: {}}\n');
  expect(routers?.settings).toEqual({
    ...{ l3_ha: true, max_l3_agents_per_router: 3, min_l3_agents_per_router: 2 },
    ...{ allow_automatic_l3agent_failover: false, agent_down_ms: 75_000, report_interval_ms: 30_000 },
  });
  expect(routers?.places.map(({ node, host, serves }) => `${node} ${host} ${serves}`)).toEqual([
    'a1 node1 r1',
    'a2 node2 r1',
  ]);
});

test('a router that is created later is not judged at the start, and needs places all the same', async () => {
  const routers = await load('l3_ha: true\nmin_l3_agents_per_router: 3\nrouters: {r1: {created: later}}\n');
  expect(routers).toMatchObject({ routers: ['r1'], later: ['r1'] });
  expect(await problemsOf('routers:\n  r1: {}\n  r2: {created: later}\n')).toEqual([
    "routers.yml:3:3 router 'r2' has no place: no node has the labels 'hadrill.vr.r2' and 'hadrill.routers'",
  ]);
});

test('without the label there is nothing to read', async () => {
  expect(await load('', place('a1', 'node1', 'hadrill.vr.r1: 1/198.18.1.1'))).toBeUndefined();
});

describe('what is wrong with a routers file', () => {
  test.each([
    [
      'fewer hosts than min',
      'l3_ha: true\nmin_l3_agents_per_router: 3\nrouters:\n  r1: {}\n',
      "routers.yml:4:3 HANotEnoughAvailableAgents: router 'r1' is not created: 'min_l3_agents_per_router' is 3, and 2 live hosts have a place for it: node1, node2",
    ],
    [
      'max below min',
      'l3_ha: true\nmax_l3_agents_per_router: 1\nrouters: {r1: {}}\n',
      "routers.yml:2:27 HAMaximumAgentsNumberNotValid: 'max_l3_agents_per_router' must be 0 or at least 'min_l3_agents_per_router' (2), not 1",
    ],
    [
      'min below two',
      'l3_ha: true\nmin_l3_agents_per_router: 1\nrouters: {r1: {}}\n',
      "routers.yml:2:27 HAMinimumAgentsNumberNotValid: 'min_l3_agents_per_router' must be at least 2, not 1",
    ],
    [
      'a router without a place',
      'routers:\n  r1: {}\n  r2: {}\n',
      "routers.yml:3:3 router 'r2' has no place: no node has the labels 'hadrill.vr.r2' and 'hadrill.routers'",
    ],
    [
      'reports too far apart',
      'report_interval: 75s\nrouters: {r1: {}}\n',
      "routers.yml:1:18 'report_interval' (75 s) must be less than 'agent_down_time' (75 s): an agent would be taken for dead between two reports",
    ],
    [
      'an unknown key',
      'l3_hs: true\nrouters: {r1: {}}\n',
      "routers.yml:1:1 unknown key 'l3_hs' (did you mean 'l3_ha'?)",
    ],
  ])('%s', async (_, text, problem) => {
    const [first, ...more] = await problemsOf(text);
    expect(first).toContain(problem);
    expect(more).toEqual([]);
  });
});

describe('what is wrong with the places', () => {
  test.each([
    [
      'a router that the file has not',
      TWO + place('b1', 'node1', 'hadrill.routers: routers.yml, hadrill.vr.r9: 9/198.18.9.1'),
      /^t\.clab\.yml:6:.* the routers file has no router 'r9' \(did you mean 'r1'\?\); it has r1$/,
    ],
    [
      'two places on a host',
      TWO + place('a3', 'node2', R1),
      /router 'r1' has two places on host 'node2': 'a2' and 'a3'; a host runs one replica$/,
    ],
    [
      'no router',
      TWO + place('b1', 'node1', 'hadrill.routers: routers.yml'),
      /'b1' has the label 'hadrill.routers' and no label/,
    ],
    [
      'two routers',
      TWO + place('b1', 'node3', `${R1}, hadrill.vr.r2: 2/198.18.2.1`),
      /'b1' is the place of one router, and its labels name 2$/,
    ],
    [
      'another file',
      TWO + place('b1', 'node3', 'hadrill.routers: others.yml, hadrill.vr.r1: 1/198.18.1.1'),
      /'b1' names the routers file 'others.yml', but 'a1' names 'routers.yml': a lab has one$/,
    ],
  ])('%s', async (_, nodes, problem) => {
    const problems = await problemsOf('l3_ha: true\nrouters: {r1: {}}\n', nodes);
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  test('a routers file that is not there', async () => {
    const nodes = place('a1', 'node1', 'hadrill.routers: gone.yml, hadrill.vr.r1: 1/198.18.1.1');
    const problems = await problemsOf('routers: {}', nodes);
    expect(problems.at(-1)).toMatch(
      /^t\.clab\.yml:4:\d+ label 'hadrill.routers' names the routers file '.*gone.yml'$/,
    );
  });
});
