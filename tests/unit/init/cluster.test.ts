import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import { freshFolder } from '../../support/folder.ts';
import { proposal, SAMPLES } from './proposals.ts';

const CLUSTER = {
  corosync: [`${SAMPLES}/cluster/corosync.conf`],
  cib: [`${SAMPLES}/cluster/cib.xml`],
  haproxy: [`${SAMPLES}/cluster/haproxy.cfg`],
};

/** The sample with one of its files changed. */
async function changed(option: keyof typeof CLUSTER, change: (text: string) => string) {
  const file = `${await freshFolder()}/changed`;
  await writeFile(file, change(await readFile(CLUSTER[option][0]!, 'utf8')));
  return { ...CLUSTER, [option]: [file] };
}

test('a cluster that pcs made: members by name, address, web servers, client', async () => {
  const { nodes, read, out } = await proposal(CLUSTER, { name: 'shop' });
  expect(Object.keys(nodes)).toEqual([
    'fabric',
    'ens192|fabric',
    'back|fabric',
    'shop-lb1',
    'shop-lb2',
    'web1',
    'web2',
    'client',
  ]);
  expect(nodes['shop-lb1']!.env.ADDRESSES).toBe('ens192=198.18.40.254/24 back=203.0.113.254/24');
  expect(nodes['shop-lb2']!.labels).toEqual({ 'hadrill.host': 'shop-lb2', 'hadrill.cluster': 'shop' });
  expect(nodes.web2!.env).toMatchObject({ ADDRESSES: 'back=203.0.113.12/24', WEB_PORT: '8080' });
  expect(nodes.client!.env.ADDRESSES).toBe('ens192=198.18.40.252/24');
  expect(await read('node-crash.drill.yml')).toContain('host:active(shop-vip)');
  expect(await read('haproxy.cfg')).toBe(await readFile(CLUSTER.haproxy[0]!, 'utf8'));
  await loadDrill(`${out}/control.drill.yml`);
});

test('what a lab does not have is changed in the copies, and named', async () => {
  const { notes, read, nodes } = await proposal(CLUSTER);
  const cib = await read('cib.xml');
  expect(cib).toContain('<primitive id="shop-haproxy" class="ocf" provider="hadrill" type="haproxy">');
  expect(cib).toContain('name="check" value="pid"');
  expect(cib).toContain('interval="5s" name="monitor" timeout="20s"');
  expect(cib).toContain('name="stonith-enabled" value="false"');
  expect(cib).not.toMatch(/fence_ipmilan|ipmi-lb1|node_state/);
  expect(await read('corosync.conf')).toContain('logfile: /var/log/corosync/corosync.log');
  expect(nodes['shop-lb1']!.binds).toContain('authkey:/etc/corosync/authkey:ro');
  const said = notes.join('\n');
  for (const words of [
    "'shop-haproxy' is ocf:hadrill:haproxy, not systemd:haproxy",
    'has no fencing',
    'the log is',
  ])
    expect(said).toContain(words);
});

test('a CIB that names no node gets the names of the members: without them none takes note of a fencing device', async () => {
  const files = await changed('cib', (text) => text.replace(/<nodes>.*<\/nodes>/s, '<nodes/>'));
  const cib = await (await proposal(files)).read('cib.xml');
  expect(cib).toMatch(/<nodes><node id="1" uname="shop-lb1"\/><node id="2" uname="shop-lb2"\/><\/nodes>/);
  expect(await (await proposal(CLUSTER)).read('cib.xml')).not.toContain(
    '<nodes><node id="1" uname="shop-lb1"/>',
  );
});

test('HAProxy is asked at the page that it answers itself, where there is one', async () => {
  const files = await changed(
    'haproxy',
    (text) => `${text}\nfrontend alive\n bind *:8404\n monitor-uri /up\n`,
  );
  expect(await (await proposal(files)).read('cib.xml')).toContain(
    'name="url" value="http://127.0.0.1:8404/up"',
  );
});

test('rings with addresses, and a node with a haproxy.cfg of its own', async () => {
  const files = await changed('corosync', (text) =>
    text
      .replace('ring0_addr: shop-lb1', 'ring0_addr: 198.18.41.1')
      .replace('ring0_addr: shop-lb2', 'ring0_addr: 198.18.41.2'),
  );
  const haproxy = ['shop-lb1', 'shop-lb2'].map((node) => `${node}=${CLUSTER.haproxy[0]}`);
  const { nodes, notes } = await proposal({ ...files, haproxy });
  expect(nodes['shop-lb2']!.env.ADDRESSES).toContain('ring=198.18.41.2/24');
  expect(nodes['shop-lb2']!.binds).toContain('shop-lb2/haproxy.cfg:/etc/haproxy/haproxy.cfg:ro');
  expect(notes.join('\n')).toContain("network 'ring' of 198.18.41.1: no prefix length is written");
});

test('a server by name, and one on the balancer itself, are named as not in the lab', async () => {
  const files = await changed('haproxy', (text) =>
    text.replace('203.0.113.11:8080', 'app1.example:8080').replace('203.0.113.12:8080', '127.0.0.1:8080'),
  );
  const { notes, nodes, read } = await proposal(files);
  expect(notes.join('\n')).toContain("server 'app1' of 'app' is not in the lab");
  expect(notes.join('\n')).toContain("server 'app2' of 'app' is not in the lab");
  expect(Object.keys(nodes)).not.toContain('web1');
  expect(await read('node-crash.drill.yml')).toContain('content: any');
});

test.each([
  [
    'corosync',
    (text: string) => text.replace(/nodelist \{[\s\S]*?\n\}\n/, ''),
    'has no nodelist of two nodes',
  ],
  [
    'haproxy',
    (text: string) => text.replace(/bind .*/g, 'bind :443 ssl crt /etc/ssl/x.pem'),
    'without TLS at an address',
  ],
  [
    'cib',
    (text: string) => text.replace('IPaddr2', 'Dummy'),
    'neither the CIB nor corosync.conf has an IPv4 address',
  ],
  ['cib', (text: string) => text.replace('</cib>', ''), 'XML'],
] as const)('%s: refused in words', async (option, change, words) => {
  await expect(proposal(await changed(option, change))).rejects.toThrow(words);
});

test('without one of the files: it is named', async () => {
  const { cib: _, ...others } = CLUSTER;
  await expect(proposal(others)).rejects.toThrow('--cib FILE, or one for each node (CIB of the cluster');
  await expect(proposal({ ...CLUSTER, dnsmasq: ['a=b'] })).rejects.toThrow('about one pair at a time');
  await expect(proposal({})).rejects.toThrow(
    'wants the files of a pair: --keepalived NODE=FILE --keepalived NODE=FILE, or --corosync FILE --cib FILE --haproxy FILE',
  );
});
