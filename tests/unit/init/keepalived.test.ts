import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import { init } from '../../../harness/init/init.ts';
import { REPOSITORY } from '../../support/hadrill.ts';

async function fresh(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function initPair({
  keepalived,
  ...rest
}: {
  keepalived: string[];
  address: string[];
  name: string;
  out: string;
}) {
  return init({ files: new Map([['keepalived', keepalived]]), ...rest });
}

interface Written {
  nodes: Record<string, { env: Record<string, string>; labels: Record<string, string> }>;
  links: { endpoints: string[] }[];
}

/** Asks for a proposal around these files. @returns its notes, and what it wrote. */
async function propose(r1: string, r2: string, address: string[] = []) {
  const folder = await fresh();
  await Promise.all([writeFile(`${folder}/a.conf`, r1), writeFile(`${folder}/b.conf`, r2)]);
  const out = `${folder}/drills`;
  const keepalived = [`r1=${folder}/a.conf`, `r2=${folder}/b.conf`];
  const { notes } = await initPair({ keepalived, address, name: 'pair', out });
  const { topology } = parse(await readFile(`${out}/pair.clab.yml`, 'utf8')) as { topology: Written };
  const drill = await readFile(`${out}/node-crash.drill.yml`, 'utf8');
  return { out, notes, drill, nodes: topology.nodes, links: topology.links };
}

const instance = (lines: string, { name = 'VI_1', own = 'eth0', vrid = 51 } = {}) =>
  `vrrp_instance ${name} {\n interface ${own}\n virtual_router_id ${vrid}\n priority 100\n${lines}\n}\n`;
const vips = (...lines: string[]) => ` virtual_ipaddress {\n${lines.join('\n')}\n }`;

describe('a proposal around two keepalived.conf', () => {
  test('two networks with virtual addresses: client on one, server on the other', async () => {
    const conf = instance(vips('198.18.1.1/24 dev in', '203.0.113.10/24 dev out'), { own: 'in' });
    const { nodes, notes, drill, out } = await propose(conf, conf);
    expect(notes).toEqual([]);
    expect(nodes.client!.env).toEqual({ ADDRESSES: 'in=198.18.1.252/24', GATEWAY: '198.18.1.1' });
    expect(nodes.server!.env).toEqual({ ADDRESSES: 'out=203.0.113.252/24', GATEWAY: '203.0.113.10' });
    expect(nodes.r1!.env.ADDRESSES).toBe('in=198.18.1.254/24 out=203.0.113.254/24');
    expect(nodes.r1!.labels['hadrill.vr.vi-1']).toBe('51/198.18.1.1');
    expect(drill).toContain('address: 203.0.113.252');
    expect(await readFile(`${out}/r2/keepalived.conf`, 'utf8')).toBe(conf);
    await loadDrill(`${out}/control.drill.yml`);
  });

  test('one address alone, without a length, on interfaces of other names: a server behind', async () => {
    const { nodes, notes, links } = await propose(
      instance(vips('198.18.7.100')),
      instance(vips('198.18.7.100'), { own: 'ens3' }),
    );
    expect(notes.join('\n')).toMatch(/'eth0': no prefix length is written, \/24 is assumed/);
    expect(notes.join('\n')).toMatch(/server is on a network of its own, 'behind'/);
    expect(nodes.r2!.env.ADDRESSES).toBe('ens3=198.18.7.253/24 behind=198.18.255.3/24');
    expect(links.map(({ endpoints }) => endpoints[0])).toContain('r2:ens3');
    expect(nodes.client!.env.GATEWAY).toBe('198.18.7.100');
    expect(nodes.server!.env.GATEWAY).toBeUndefined();
  });

  test('addresses of the routers: what they send from, what the other one sends to, what the user says', async () => {
    const peer = (own: string, other: string) =>
      instance(` unicast_src_ip ${own}\n unicast_peer { ${other} }\n${vips('198.18.7.100/24')}`);
    const both = await propose(peer('198.18.7.11', '198.18.7.12'), peer('198.18.7.12', '198.18.7.11'));
    expect(both.nodes.r1!.env.ADDRESSES).toMatch(/^eth0=198\.18\.7\.11\/24 /);
    expect(both.nodes.r2!.env.ADDRESSES).toMatch(/^eth0=198\.18\.7\.12\/24 /);
    const only = await propose(peer('198.18.7.11', '198.18.7.12'), instance(vips('198.18.7.100/24')));
    expect(only.nodes.r2!.env.ADDRESSES).toMatch(/^eth0=198\.18\.7\.12\/24 /);
    const conf = instance(vips('198.18.7.100'));
    const said = await propose(conf, conf, ['r2:eth0=198.18.7.5/25']);
    expect(said.nodes.r2!.env.ADDRESSES).toMatch(/^eth0=198\.18\.7\.5\/25 /);
    expect(said.nodes.r1!.env.ADDRESSES).toMatch(/^eth0=198\.18\.7\.126\/25 /);
  });

  test('adverts on a network of their own, the routers’ addresses excluded from them, a default route', async () => {
    const template = await readFile(`${REPOSITORY}/topologies/l3/keepalived.conf.template`, 'utf8');
    const values = { VRID: '7', PRIORITY: '50', ADVERT_INT: '1', VRRP_VERSION: '3' };
    const conf = template.replace(/\$\{(\w+)\}/g, (_, name: keyof typeof values) => values[name]);
    const { nodes, drill } = await propose(conf, conf);
    expect(nodes.r1!.labels['hadrill.vr.vr-7']).toBe('7/169.254.0.7');
    expect(nodes.client!.env.GATEWAY).toBe('198.18.1.1');
    expect(nodes.server!.env).toEqual({ ADDRESSES: 'outside=203.0.113.1/24', GATEWAY: '203.0.113.10' });
    expect(drill).toContain('master(vr-7)');
  });

  test('several virtual routers: a name for each, the first one is drilled', async () => {
    const conf =
      instance(vips('198.18.1.1/24 dev a'), { name: 'IN', own: 'a' }) +
      instance(vips('203.0.113.10/24 dev b'), { name: 'in!', own: 'b', vrid: 52 });
    const { nodes, drill } = await propose(conf, conf);
    expect(nodes.r1!.labels).toMatchObject({
      'hadrill.vr.in': '51/198.18.1.1',
      'hadrill.vr.in-52': '52/203.0.113.10',
    });
    expect(drill).toContain('master(in)');
  });

  test('an instance of IPv6 is named: the proposed lab has IPv4 alone', async () => {
    const group = 'vrrp_sync_group G {\n group {\n IN SIX\n }\n}\n';
    const conf =
      group +
      instance(vips('198.18.1.1/24 dev a'), { name: 'IN', own: 'a' }) +
      instance(vips('fe80::7/64'), { name: 'SIX', own: 'a' });
    const { notes, nodes } = await propose(conf, conf);
    expect(nodes.r1!.labels).toMatchObject({ 'hadrill.vr.in': '51/198.18.1.1' });
    expect(notes[0]).toMatch(
      /^r1: vrrp_instance SIX is of IPv6, .* it stays in FAULT and its sync group 'G' with it: take it out of the copy/,
    );
  });

  test('what a router looks at is named: it must be well in the lab too', async () => {
    const script = 'vrrp_script chk {\n script "/usr/bin/pgrep haproxy"\n interval 2\n}\n';
    const conf = script + instance(` track_script {\n chk\n }\n${vips('198.18.7.100/24')}`);
    const { notes } = await propose(conf, instance(vips('198.18.7.100/24')));
    expect(notes[0]).toBe(
      "r1 looks at the script 'chk' (/usr/bin/pgrep haproxy): it must be well in the lab too; " +
        'give the node an image that has it, or change the copy',
    );
  });

  test('other files that it names are not carried over, each by name', async () => {
    const own = 'include conf.d/*.conf\n';
    const notify =
      ' notify_master "/etc/keepalived/up.sh master"\n notify /usr/local/lib/hadrill/keepalived-notify\n';
    const conf = instance(`${notify}${vips('198.18.7.100/24')}`);
    const { notes } = await propose(own + conf, conf);
    expect(notes[0]).toMatch(/^r1: conf\.d\/\*\.conf \(include, line 1\) is not read and not carried over/);
    expect(notes[1]).toMatch(/^r1: \/etc\/keepalived\/up\.sh \(notify_master, line 6\) is not carried over/);
    expect(notes.filter((line) => line.startsWith('r1:'))).toHaveLength(2);
    expect(notes.filter((line) => line.startsWith('r2:'))).toHaveLength(1);
  });

  test.each<[string, string, string]>([
    [
      'no instance',
      '',
      'the file of r1, r2 has no vrrp_instance with an interface, a virtual_router_id and an IPv4 address',
    ],
    ['IPv6 alone', instance(vips('fe80::1/64')), 'for IPv6 alone nothing is proposed'],
    ['link-local alone', instance(vips('169.254.0.1/24')), 'all virtual addresses are link-local ones'],
    ['a full network', instance(vips('198.18.7.1/31')), 'network 198.18.7.1/31 has no free address'],
  ])('%s: refused in words', async (_, conf, words) => {
    await expect(propose(conf, conf)).rejects.toThrow(words);
  });

  test('routers that share nothing', async () => {
    const other = instance(vips('198.18.7.100/24'), { vrid: 52 });
    await expect(propose(instance(vips('198.18.7.100/24')), other)).rejects.toThrow(
      'the files share no virtual router, the same VRID with the same first address: ' +
        'r1 has VRID 51 with 198.18.7.100; r2 has VRID 52 with 198.18.7.100',
    );
  });

  test.each<[string[], string[], string]>([
    [['r1=x'], [], 'wants two files of two nodes'],
    [['r1=x', 'r1=y'], [], 'wants two files of two nodes'],
    [['x', 'r2=y'], [], '--keepalived x: write it like r1=FILE'],
    [['client=x', 'r2=y'], [], "'client' is the name of a node that hadrill adds"],
    [['r1=/nowhere', 'r2=/nowhere'], [], '/nowhere'],
  ])('%j %j: refused in words', async (keepalived, address, words) => {
    const out = `${await fresh()}/drills`;
    await expect(initPair({ keepalived, address, name: 'pair', out })).rejects.toThrow(words);
  });

  test('addresses that do not fit are refused', async () => {
    const conf = instance(vips('198.18.7.100/24'));
    await expect(propose(conf, conf, ['r1:eth1=198.18.7.5/24'])).rejects.toThrow(
      'no such interface in the files of r1, r2; they have r1:eth0, r2:eth0',
    );
    await expect(propose(conf, conf, ['r1:eth0=198.18.7.5'])).rejects.toThrow('has no prefix length');
    await expect(propose(conf, conf, ['eth0'])).rejects.toThrow('write it like r1:eth0=192.0.2.2/24');
  });

  test('nothing is written over', async () => {
    const conf = instance(vips('198.18.7.100/24'));
    const { out } = await propose(conf, conf);
    await writeFile(`${out}/a.conf`, conf);
    const keepalived = [`r1=${out}/a.conf`, `r2=${out}/a.conf`];
    await expect(initPair({ keepalived, address: [], name: 'other', out })).rejects.toThrow(
      /nothing was written: .*r1\/keepalived\.conf, .* are there already/,
    );
    await expect(readFile(`${out}/other.clab.yml`)).rejects.toThrow('ENOENT');
  });
});
