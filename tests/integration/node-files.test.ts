import { afterAll, beforeAll, expect, test } from 'vitest';
import { findLab } from '../../harness/lab/find-lab.ts';
import type { Lab, LabNode } from '../../harness/lab/lab.ts';
import { readNodeFile, readNodeLines } from '../../harness/lab/read-node-file.ts';
import { runInNode } from '../../harness/lab/run-in-node.ts';
import { dhcpClientEvents } from '../../harness/systems/dhcp/live/dhcp-client-events.ts';
import { hadrill } from '../support/hadrill.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';

/** More than is read at once. */
const LARGE_BYTES = 9 << 20;
const name = freshName('files');
let lab: Lab;
let node: LabNode;

beforeAll(async () => {
  expect((await hadrill(['up', topologyFile('small'), '--name', name])).code).toBe(0);
  lab = await findLab(engine, name);
  node = lab.node('a');
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

async function shell(script: string): Promise<void> {
  expect(await runInNode(lab, node, ['sh', '-c', script])).toMatchObject({ status: 0 });
}

test('a file that is too large is named, and not taken for none', async () => {
  await shell(`yes 'a line' | head -c ${LARGE_BYTES} > /large`);
  await expect(readNodeFile(lab, node.pid, '/large')).rejects.toThrow(
    '/large cannot be read in the node: it is larger than 8 MiB',
  );
  expect(await readNodeFile(lab, node.pid, '/none')).toBeUndefined();
});

test('lines of a file that grows: all of them, then what is new, whole lines only', async () => {
  await shell(`yes 'lïne' | head -n 2000000 > /grows; printf 'half' >> /grows`);
  const first = (await readNodeLines(lab, node.pid, '/grows', 0))!;
  expect(first.text.split('\n').filter((line) => line === 'lïne')).toHaveLength(2_000_000);
  expect(first.text.endsWith('lïne\n')).toBe(true);
  await shell(`printf ' a line\nand' >> /grows`);
  const second = (await readNodeLines(lab, node.pid, '/grows', first.offset))!;
  expect(second.text).toBe('half a line\n');
  await shell('echo anew > /grows');
  expect((await readNodeLines(lab, node.pid, '/grows', second.offset))!.text).toBe('anew\n');
  expect(await readNodeLines(lab, node.pid, '/none', 0)).toBeUndefined();
  await shell(`head -c ${LARGE_BYTES} /dev/zero > /grows`);
  await expect(readNodeLines(lab, node.pid, '/grows', 0)).rejects.toThrow('larger than 1 MiB in one line');
});

test('what a DHCP client reports after a long time is read', async () => {
  await expect(dhcpClientEvents(lab, node)).rejects.toThrow(/no DHCP client has reported anything in 'a'/);
  const event = (reason: string) => `1800000000000000000 ${reason} eth1 198.18.1.1 198.18.1.2 120 60 105`;
  await shell(
    `mkdir -p /run/dhcp-client; yes '${event('RENEW')}' | head -c ${LARGE_BYTES} > /run/dhcp-client/events`,
  );
  await shell(`echo >> /run/dhcp-client/events; echo '${event('BOUND')}' >> /run/dhcp-client/events`);
  const first = await dhcpClientEvents(lab, node);
  expect(first).toHaveLength(10_000);
  expect(first.at(-1)!.reason).toBe('BOUND');
  await shell(`echo '${event('EXPIRE')}' >> /run/dhcp-client/events`);
  const both = await Promise.all([dhcpClientEvents(lab, node), dhcpClientEvents(lab, node)]);
  for (const events of both)
    expect(events.slice(-3).map(({ reason }) => reason)).toEqual(['RENEW', 'BOUND', 'EXPIRE']);
});

test('what a terminal obeys in the name of an interface is not printed', async () => {
  await shell(
    `name=$(printf 'x\\033[31m'); ip link add "$name" type bridge; ip address add 198.18.9.9/24 dev "$name"`,
  );
  const refused = await hadrill(['fault', name, 'remove-address', 'a', '--option', 'address=198.18.9.77']);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('198.18.9.9');
  expect(refused.stderr).not.toContain('\x1b');
});
