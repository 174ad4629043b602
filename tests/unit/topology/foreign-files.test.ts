import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hostBindProblem } from '../../../harness/topology/host-bind.ts';
import { lab, loadText } from './problems-of.ts';

/** A file as tools write it that make labs for several platforms. */
const GENERATED = `
name: lab
prefix: ""
mgmt: { network: mgmt, ipv4-subnet: 198.18.99.0/24 }
topology:
  kinds:
    srl: { image: vendor/srl }
  nodes:
    r1:
      mgmt-ipv4: 198.18.99.11
      kind: linux
      runtime: docker
      image: i
      image-pull-policy: missing
    r2:
      mgmt-ipv4: 198.18.99.12
      kind: linux
      image: i
  links:
    - endpoints: ["r1:eth1", "r2:eth1"]
`;

describe('a file of another tool', () => {
  test('loads; what is ignored is noted with its place', async () => {
    const topology = await loadText(GENERATED, {}, [], {});
    expect(topology.nodes.map(({ name }) => name)).toEqual(['r1', 'r2']);
    const notes = topology.notes?.map(
      ({ message, position }) => `${position?.line} ${message.split(':')[0]}`,
    );
    expect(notes).toEqual([
      "4 containerlab's key 'mgmt' is ignored",
      "10 containerlab's key 'mgmt-ipv4' is ignored",
      "12 containerlab's key 'runtime' is ignored",
      "14 containerlab's key 'image-pull-policy' is ignored",
      "16 containerlab's key 'mgmt-ipv4' is ignored",
    ]);
  });

  test('is refused where the rules are strict', async () => {
    await expect(loadText(GENERATED, {}, [], { strict: true })).rejects.toThrow(/key 'mgmt' is ignored/);
  });

  test('what changes the lab is refused in any case', async () => {
    const podman = GENERATED.replace('runtime: docker', 'runtime: podman');
    await expect(loadText(podman, {}, [], {})).rejects.toThrow(/key 'runtime' is not supported/);
  });
});

describe('binds that give a node power over the machine', () => {
  test.each(['/', '/etc', '/proc/kmsg', '/sys', '/dev', '/etc/shadow', '/proc/../'])('%s', async (source) => {
    const text = lab(`    r1: {binds: ["${source}:/x"]}`);
    await expect(loadText(text, {}, [], {})).rejects.toThrow(
      /of this machine|this machine; --allow-host-binds/,
    );
    expect((await loadText(text)).nodes[0]!.binds).toHaveLength(1);
  });

  test('a socket, whatever it is called', async () => {
    const socket = path.join('/tmp', `hadrill-test-${process.pid}.sock`);
    const server = createServer().listen(socket);
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    expect(hostBindProblem(socket)).toMatch(/is a socket of this machine/);
  });

  test.each(['/etc/hosts', '/lib/modules', '/usr/share', '/tmp'])('%s is none', (source) => {
    expect(hostBindProblem(source)).toBeUndefined();
  });
});
