import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { stableMac } from '../../harness/lab/mac.ts';
import { hadrill } from '../support/hadrill.ts';
import { imageOfNode } from '../support/image-of-node.ts';
import {
  engine,
  expectNothingLeft,
  freshLab,
  freshName,
  inspectLab,
  labContainers,
  removeLabs,
  topologyFile,
} from '../support/labs.ts';

interface Link {
  ifname: string;
  mtu: number;
  address: string;
  operstate: string;
  addr_info: { family: string; local: string; prefixlen: number }[];
}

async function run(lab: string, node: string, ...command: string[]): Promise<string> {
  const done = await hadrill(['exec', lab, node, '--', ...command]);
  expect(done, `${command.join(' ')} on ${node}`).toMatchObject({ code: 0 });
  return done.stdout;
}

async function linksOf(lab: string, node: string): Promise<Map<string, Link>> {
  const links = JSON.parse(await run(lab, node, 'ip', '-json', 'address')) as Link[];
  return new Map(links.map((link) => [link.ifname, link]));
}

async function up(file: string, lab: string): Promise<void> {
  const done = await hadrill(['up', file, '--name', lab]);
  expect(done, done.stderr).toMatchObject({ code: 0 });
}

test('up, ps, exec, down: a lab comes, is seen, and leaves nothing behind', async () => {
  const lab = freshLab();
  const bystander = await engine.docker.createContainer({
    Image: (await imageOfNode(engine, { name: 'bystander', image: 'hadrill/endpoint' })).tag,
    Entrypoint: ['sleep', '600'],
    HostConfig: { NetworkMode: 'none' },
  });
  onTestFinished(() => bystander.remove({ force: true }));
  await bystander.start();
  const before = (await bystander.inspect()).State;

  const made = await hadrill(['up', topologyFile('small'), '--name', lab, '--json']);
  expect(made, made.stderr).toMatchObject({ code: 0 });
  const summary = JSON.parse(made.stdout);
  expect(summary).toMatchObject({ lab, topology: topologyFile('small') });
  expect(summary.nodes.map((one: { node: string }) => one.node)).toEqual(['a', 'b', 'c', 'fabric']);

  const listed = await hadrill(['ps', '--json']);
  expect(listed.code).toBe(0);
  const mine = JSON.parse(listed.stdout).find((one: { lab: string }) => one.lab === lab);
  expect(mine.run_id).toBe(summary.run_id);
  expect(mine.nodes.map((one: { state: string }) => one.state)).toEqual(Array(4).fill('running'));
  expect((await hadrill(['ps'])).stdout).toMatch(new RegExp(`^${lab} +a +machine1 `, 'm'));

  const said = await hadrill(['exec', lab, 'a', '--', 'sh', '-c', 'hostname; echo trouble >&2; exit 7']);
  expect(said).toEqual({ code: 7, stdout: 'a\n', stderr: 'trouble\n' });

  const gone = await hadrill(['down', lab]);
  expect(gone).toMatchObject({ code: 0, stdout: '' });
  expect(gone.stderr).toContain(`lab '${lab}' removed: 4 containers`);
  await expectNothingLeft(lab);
  expect((await hadrill(['ps', '--json'])).stdout).not.toContain(lab);
  expect((await bystander.inspect()).State).toEqual(before);
});

describe('a lab that is up', () => {
  const lab = freshName('small');
  beforeAll(() => up(topologyFile('small'), lab));
  afterAll(() => removeLabs(lab));

  test('carries traffic over a bridge and over a cable', async () => {
    expect(await run(lab, 'a', 'ping', '-c', '2', '-W', '2', '198.18.1.2')).toContain(' 0% packet loss');
    expect(await run(lab, 'b', 'ping', '-c', '2', '-W', '2', '198.18.2.2')).toContain(' 0% packet loss');
    // Only what is wired together hears each other.
    const stranger = await hadrill(['exec', lab, 'a', '--', 'ping', '-c', '1', '-W', '1', '198.18.2.2']);
    expect(stranger.code).not.toBe(0);
  });

  test('gives its nodes their wires with address, MAC and MTU, and nothing else', async () => {
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((node) => linksOf(lab, node)));
    expect([...a!.keys()]).toEqual(['lo', 'eth1']);
    expect([...b!.keys()].sort()).toEqual(['eth1', 'eth2', 'lo']);
    expect([...c!.keys()]).toEqual(['lo', 'eth1']);
    expect(a!.get('eth1')).toMatchObject({ address: '02:00:00:00:0a:01', mtu: 1500, operstate: 'UP' });
    expect(b!.get('eth1')).toMatchObject({ address: stableMac('b', 'eth1'), mtu: 1500 });
    expect(b!.get('eth2')).toMatchObject({ mtu: 1400 });
    expect(c!.get('eth1')).toMatchObject({ address: stableMac('c', 'eth1'), mtu: 1400 });
    expect(c!.get('eth1')!.addr_info).toContainEqual(
      expect.objectContaining({ family: 'inet', local: '198.18.2.2', prefixlen: 30 }),
    );
  });

  test('has no network of the engine, no privilege, and its labels on every container', async () => {
    const containers = await inspectLab(lab);
    expect([...containers.keys()].sort()).toEqual(['a', 'b', 'c', 'fabric']);
    const runs = new Set([...containers.values()].map((one) => one.Config.Labels['hadrill.run']));
    expect(runs.size).toBe(1);
    for (const [node, one] of containers) {
      const host = { a: 'machine1', b: 'machine1' }[node] ?? node;
      expect(one.Config.Labels).toMatchObject({
        'hadrill.lab': lab,
        'hadrill.node': node,
        'hadrill.host': host,
      });
      expect(Object.keys(one.NetworkSettings.Networks)).toEqual(['none']);
      expect(one.HostConfig.Privileged).toBe(false);
      expect(one.HostConfig.NetworkMode).toBe('none');
      const image = await engine.docker.getImage(one.Image).inspect();
      const listed = (image.Config.Labels['hadrill.capabilities'] ?? '').split(' ');
      expect(one.HostConfig.CapAdd).toEqual(listed);
      expect(one.HostConfig.PidMode).toBe(node === 'fabric' ? 'host' : '');
    }
    expect(containers.get('fabric')!.HostConfig.CapAdd!.toSorted()).toEqual(
      ['NET_ADMIN', 'NET_RAW', 'SYS_ADMIN', 'SYS_NICE', 'SYS_PTRACE'].sort(),
    );
  });

  test('is alone: a second lab from the same file neither hears nor disturbs it', async () => {
    const other = freshLab('small');
    await up(topologyFile('small'), other);
    await run(other, 'b', 'ip', 'address', 'add', '198.18.1.99/24', 'dev', 'eth1');
    const heard = async () =>
      (await run(other, 'b', 'awk', '/^Icmp: [0-9]/ { print $2 }', '/proc/net/snmp')).trim();
    const before = await heard();
    expect(await run(lab, 'a', 'ping', '-c', '3', '-i', '0.2', '198.18.1.2')).toContain(' 0% packet loss');
    expect(await heard()).toBe(before);
    expect(await run(other, 'a', 'ping', '-c', '1', '-W', '1', '198.18.1.99')).toContain(' 0% packet loss');
    expect(await heard()).not.toBe(before);
    const across = await hadrill(['exec', lab, 'a', '--', 'ping', '-c', '1', '-W', '1', '198.18.1.99']);
    expect(across.stdout).toContain('100% packet loss');

    expect((await hadrill(['down', other])).code).toBe(0);
    await expectNothingLeft(other);
    expect(await labContainers(lab)).toHaveLength(4);
    expect(await run(lab, 'a', 'ping', '-c', '1', '-W', '2', '198.18.1.2')).toContain(' 0% packet loss');
  });
});
