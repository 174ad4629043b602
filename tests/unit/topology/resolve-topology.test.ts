import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Topology, TopologyNode } from '../../../harness/topology/topology.ts';
import { lab, loadText, problemsOf } from './problems-of.ts';

const FILE = new URL('realistic.clab.yml', import.meta.url);

function node(topology: Topology, name: string): TopologyNode {
  return topology.nodes.find((candidate) => candidate.name === name)!;
}

describe('a realistic file', () => {
  let topology: Topology;
  beforeAll(async () => {
    topology = await loadText(await readFile(FILE, 'utf8'), { PROFILE: 'slow' }, ['keepalived-slow.conf']);
  });

  test('has its containers in file order, without the node that only carries bridges', () => {
    expect(topology.nodes.map(({ name }) => name)).toEqual(['r1', 'r2', 'client', 'server']);
    expect(topology).toMatchObject({ name: 'l3', prefix: '' });
    expect(topology.bridges).toEqual([
      { id: 'in|fabric', name: 'in', mtu: undefined },
      { id: 'out|fabric', name: 'out', mtu: undefined },
      { id: 'ha|fabric', name: 'ha', mtu: undefined },
    ]);
  });

  test('gives every wire a node at its first end, with its addresses', () => {
    expect(topology.wires).toHaveLength(9);
    expect(topology.wires[0]).toEqual({
      a: {
        kind: 'node',
        node: 'r1',
        interface: 'in0',
        mac: '02:00:00:00:01:01',
        ipv4: '198.18.1.2/24',
        ipv6: undefined,
      },
      b: { kind: 'bridge', bridge: 'in|fabric', port: 'r1-in' },
      mtu: undefined,
    });
    expect(topology.wires[1]).toMatchObject({
      a: { node: 'r2', ipv4: '198.18.1.3/24' },
      b: { port: 'r2-in' },
      mtu: 1400,
    });
    expect(topology.wires[5]).toMatchObject({
      a: { node: 'server', ipv4: '198.18.2.10/24' },
      b: { port: 'server-out' },
    });
    expect(topology.wires[8]).toMatchObject({ a: { node: 'client' }, b: { kind: 'node', node: 'server' } });
  });

  test('gives a node what it, its group, its kind and the defaults say', () => {
    const r2 = node(topology, 'r2');
    expect(r2).toMatchObject({
      host: 'node2',
      image: 'example/router',
      cmd: undefined,
      env: { PROFILE: 'slow-2', RELEASE: '1.10', PRIORITY: '50' },
      sysctls: { 'net.ipv4.ip_forward': '1' },
      cap_add: ['NET_ADMIN', 'NET_RAW'],
      memory_bytes: 256 * 1024 * 1024,
      cpus: 0.5,
      shm_bytes: undefined,
      startup_delay_ms: 0,
      healthcheck: {
        test: ['CMD-SHELL', 'pidof keepalived'],
        interval_ms: 1000,
        timeout_ms: 30_000,
        start_period_ms: 0,
        retries: 60,
      },
      stages: [{ enters: 'configure', node: 'r1', stage: 'healthy' }],
      stage_execs: [
        { stage: 'configure', phase: 'on-enter', command: ['sh', '-c', 'echo "$HOSTNAME is next"'] },
      ],
      virtual_routers: [{ name: 'router', vrid: 1, vip: '198.18.1.1' }],
    });
    expect(r2.binds.map(({ source, target, read_only }) => [basename(source), target, read_only])).toEqual([
      ['keepalived-slow.conf', '/etc/keepalived/keepalived.conf', true],
    ]);
    expect(node(topology, 'client')).toMatchObject({
      host: 'client',
      exec: [['ip', 'route', 'add', 'default', 'via', '198.18.1.1']],
      sysctls: { 'net.ipv4.ip_forward': '0' },
    });
  });
});

describe('inheritance', () => {
  const LEVELS = `name: t
topology:
  defaults: {kind: linux, image: d, user: d, env: {A: d, B: d, C: d, D: d}, exec: [d], binds: ["/tmp:/x", "/:/y"]}
  kinds:
    linux: {user: k, env: {B: k, C: k, D: k}, exec: [k, d], stages: {create: {exec: [{command: k}]}}}
  groups:
    g: {user: g, env: {C: g, D: g}, binds: ["/tmp:/x/:ro"], stages: {create: {exec: [{command: g, phase: on-exit}]}}}
  nodes:
    all: {group: g, user: 5, env: {D: n}, exec: [n]}
    none:
`;

  test('goes from node to group to kind to defaults', async () => {
    const all = node(await loadText(LEVELS), 'all');
    expect(all.user).toBe('5');
    expect(all.env).toEqual({ A: 'd', B: 'k', C: 'g', D: 'n' });
    expect(all.exec).toEqual([['d'], ['k'], ['n']]);
    expect(all.binds).toEqual([
      { source: '/tmp', target: '/x', read_only: true },
      { source: '/', target: '/y', read_only: false },
    ]);
    expect(all.stage_execs).toEqual([
      { stage: 'create', phase: 'on-enter', command: ['k'] },
      { stage: 'create', phase: 'on-exit', command: ['g'] },
    ]);
  });

  test('stops at the kind for a node without a group', async () => {
    expect(node(await loadText(LEVELS), 'none')).toMatchObject({ user: 'k', image: 'd', env: { C: 'k' } });
  });

  test('takes kind and group from wherever they are said', async () => {
    const text = `name: t
topology:
  kinds: {linux: {group: g}}
  groups: {g: {image: fromgroup}, b: {kind: bridge}}
  nodes: {n: {kind: linux}, br: {group: b}}
`;
    const topology = await loadText(text);
    expect(node(topology, 'n').image).toBe('fromgroup');
    expect(topology.bridges.map(({ id }) => id)).toEqual(['br']);
  });

  test('expands the home directory and the name of the node in binds', async () => {
    const topology = await loadText(lab('    r1: {binds: ["~:/home", "__clabNodeName__.conf:/c"]}'), {}, [
      'r1.conf',
    ]);
    const [home, own] = node(topology, 'r1').binds;
    expect(home!.source).toBe(homedir());
    expect(basename(own!.source)).toBe('r1.conf');
  });

  test('keeps values as they are written, through anchors and merge keys', async () => {
    const text = `name: t
topology:
  nodes:
    r1: &r1
      kind: linux
      image: i
      env: &env {VERSION: 1.10, HEX: 0x1F, ON: true, TEXT: "007"}
    r2:
      <<: *r1
      user: 0
    r3:
      kind: linux
      image: i
      env: {<<: *env, ON: yes}
`;
    const topology = await loadText(text);
    const env = { VERSION: '1.10', HEX: '0x1F', ON: 'true', TEXT: '007' };
    expect(node(topology, 'r2')).toMatchObject({ image: 'i', user: '0', env });
    expect(node(topology, 'r3').env).toEqual({ ...env, ON: 'yes' });
  });

  test('a bridge has the smallest MTU of its wires when all say one', async () => {
    const links = (mtu: string) =>
      `    - {endpoints: ["r1:a", "br:p1"], mtu: 9000}\n    - {endpoints: ["r2:a", "br:p2"]${mtu}}`;
    const nodes = '    br: {kind: bridge}\n    r1:\n    r2:';
    expect((await loadText(lab(nodes, links(', mtu: 1400')))).bridges[0]!.mtu).toBe(1400);
    expect((await loadText(lab(nodes, links('')))).bridges[0]!.mtu).toBeUndefined();
  });
});

test('all problems of a file come at once, in its order', async () => {
  const text = `name: bad name
mgmt: {}
topology:
  defaults: {kind: linux, image: "i:\${TAG}"}
  nodes:
    r1: {imge: x, cpu: many, binds: [nope:/x], labels: {hadrill.foo: 1}}
    r2: {}
    r2: {stages: {create: {wait-for: [{node: r9, stage: create}]}}}
  links:
    - endpoints: [r1:a]
    - endpoints: ["r1:a", "r3:a"]
    - {endpoints: ["r1:a", "r2:b"], ipv4: [198.18.0.1]}
`;
  const expected = [
    ['1:7', "'bad name' is not a valid name for a lab"],
    ['2:1', "key 'mgmt' is ignored"],
    ['4:37', "variable 'TAG' has no value"],
    ['6:10', "unknown key 'imge'"],
    ['6:24', "'cpu': expected a number, found 'many'"],
    ['6:38', "bind 'nope:/x'"],
    ['6:57', "unknown label 'hadrill.foo'"],
    ['8:5', "duplicate key 'r2'"],
    ['8:46', "wait-for names unknown node 'r9'"],
    ['10:18', 'expected exactly 2 entries'],
    ['11:27', "link to unknown node 'r3'"],
    ['12:20', "'r1:a' is already connected by the link in line 11"],
    ['12:44', "'198.18.0.1' has no prefix length"],
  ];
  const problems = await problemsOf(text);
  expect(problems.map((problem) => problem.split(' ', 1)[0])).toEqual(expected.map(([at]) => at));
  for (const [index, [, words]] of expected.entries()) expect(problems[index]).toContain(words);
});
