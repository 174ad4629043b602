import { expect, onTestFinished, test } from 'vitest';
import { inject, output } from '../support/faults.ts';
import { answered, openMetadataLab, proxiesOn } from '../support/metadata-labs.ts';

test('one agent for both nodes: after a crash all is on the other node, and comes home', async () => {
  const { lab, remove } = await openMetadataLab('sla');
  onTestFinished(remove);
  await answered(lab, 'vm1', { status: 200, node: 'n1' });
  await answered(lab, 'vm2', { status: 200, node: 'n2' });
  const { injection } = await inject(lab, 'crash', 'host:node1');
  await answered(lab, 'vm1', { status: 200, node: 'n2', agent: 'n2' });
  await answered(lab, 'vm2', { status: 200, node: 'n2', agent: 'n2' });
  expect(await proxiesOn(lab, 'n2')).toBe(2);
  await injection.heal();
  await answered(lab, 'vm1', { status: 200, node: 'n1', agent: 'n2' });
  const proxies = () => Promise.all([proxiesOn(lab, 'n1'), proxiesOn(lab, 'n2')]);
  await expect.poll(proxies, { timeout: 10_000 }).toEqual([1, 1]);
});

test('one agent at a local socket: only the routers of its own node have metadata', async () => {
  const { lab, remove } = await openMetadataLab('local-socket');
  onTestFinished(remove);
  await answered(lab, 'vm1', { status: 200, node: 'n1', agent: 'n1' });
  await answered(lab, 'vm2', { status: 503, node: 'n2', agent: undefined });
  await output(lab, 'n1', 'pkill', '-9', '-x', 'metadata-agent');
  await answered(lab, 'vm2', { status: 200, node: 'n2', agent: 'n2' });
  await answered(lab, 'vm1', { status: 503, node: 'n1', agent: undefined });
});

test('an agent on every node: each router has the one of its node', async () => {
  const { lab, remove } = await openMetadataLab('active-active');
  onTestFinished(remove);
  await answered(lab, 'vm1', { status: 200, node: 'n1', agent: 'n1' });
  await answered(lab, 'vm2', { status: 200, node: 'n2', agent: 'n2' });
});
