import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import { freshFolder } from '../../support/folder.ts';
import { proposal, SAMPLES } from './proposals.ts';

const PAIR = { dnsmasq: [`d1=${SAMPLES}/dnsmasq/a.conf`, `d2=${SAMPLES}/dnsmasq/b.conf`] };

async function both(first: string, second = first) {
  const folder = await freshFolder();
  await Promise.all([writeFile(`${folder}/a`, first), writeFile(`${folder}/b`, second)]);
  return { dnsmasq: [`d1=${folder}/a`, `d2=${folder}/b`] };
}

test('two servers with pools of their own: addresses that no client gets, and a tester', async () => {
  const { nodes, notes, read, out } = await proposal(PAIR);
  expect(notes).toEqual([]);
  expect(nodes.d1!.env.ADDRESSES).toBe('br-office=198.18.50.254/24');
  expect(nodes.d2!.env.ADDRESSES).toBe('br-office=198.18.50.253/24');
  expect(nodes.tester!.env.ADDRESSES).toBe('br-office=198.18.50.252/24');
  const drill = await read('node-crash.drill.yml');
  expect(drill).toContain('198.18.50.50-198.18.50.149, 198.18.50.150-198.18.50.240');
  expect(drill).toContain('servers: [ 198.18.50.254, 198.18.50.253 ]');
  expect(drill).toContain('{ metric: dhcp.gap_ms, op: within_bound, value: 0 }');
  await loadDrill(`${out}/control.drill.yml`);
});

test('servers that ping and reply late are given time; there is no bound', async () => {
  const { read, nodes } = await proposal(
    await both(
      'dhcp-range=198.18.7.10,198.18.7.254,255.255.255.0\nlisten-address=198.18.7.2\ndhcp-reply-delay=1\n',
      'dhcp-range=198.18.7.10,198.18.7.254\n',
    ),
  );
  expect(nodes.d1!.env.ADDRESSES).toBe('eth0=198.18.7.2/24');
  expect(nodes.d2!.env.ADDRESSES).toBe('eth0=198.18.7.9/24');
  const drill = await read('node-crash.drill.yml');
  expect(drill).toContain('served_within: 4s');
  expect(drill).not.toContain('within_bound');
});

test('what a file names and the lab does not have is said', async () => {
  const { notes } = await proposal(
    await both('dhcp-range=198.18.7.10,198.18.7.99\ntftp-root=/srv/tftp\ndhcp-hostsfile=/etc/hosts.dhcp\n'),
  );
  expect(notes.filter((line) => line.includes('not carried over'))).toEqual(
    ['d1', 'd2'].flatMap((node) => [
      `${node} names /srv/tftp (tftp-root): it is not carried over; bind it in the topology, or change the copy`,
      `${node} names /etc/hosts.dhcp (dhcp-hostsfile): it is not carried over; bind it in the topology, or change the copy`,
    ]),
  );
  expect(notes.join('\n')).toContain('no netmask is written, /24 is assumed');
});

test.each([
  ['port=0\n', 'have no dhcp-range from which an unknown client gets an address'],
  ['dhcp-range=198.18.7.0,static\n', 'have no dhcp-range from which'],
  [
    'dhcp-range=198.18.7.10,198.18.7.20\ndhcp-range=198.18.8.10,198.18.8.20\n',
    'the pools are on several networks',
  ],
  ['interface=a\ninterface=b\ndhcp-range=198.18.7.10,198.18.7.20\n', 'name several interfaces, a, b'],
  ['conf-dir=/etc/dnsmasq.d\n', "'conf-dir' is not followed"],
])('%j: refused in words', async (text, words) => {
  await expect(proposal(await both(text))).rejects.toThrow(words);
});
