import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { output } from '../support/faults.ts';
import { engine, freshName, removeLabs } from '../support/labs.ts';

const ADDRESS = '2001:db8:1::77';
const name = freshName('ipv6-addresses');
let lab: Lab;

beforeAll(async () => {
  lab = await up(engine, await loadTopology('topologies/l3/l3-v6.clab.yml'), { name });
  for (const node of ['client', 'r1'])
    await lab.agent.call('watch_addresses', { node, pid: lab.node(node).pid });
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

const change = (node: string, word: string, ...more: string[]) =>
  output(lab, node, 'ip', 'address', word, `${ADDRESS}/64`, 'dev', 'inside', ...more);
const holders = async () =>
  Object.entries(await lab.agent.call('held_addresses', {})).flatMap(([node, held]) =>
    held.includes(ADDRESS) ? [node] : [],
  );
const flags = () => output(lab, 'client', 'ip', '-6', '-oneline', 'address', 'show', 'to', ADDRESS);
const until = (what: string, check: () => Promise<boolean>) => waitUntil({ what, timeout_ms: 20_000, check });

test('an address is held once its duplicate address detection is over', async () => {
  await change('client', 'add');
  expect(await flags()).toContain('tentative');
  expect(await holders()).toEqual([]);
  await until('the detection to end', async () => !(await flags()).includes('tentative'));
  await until('the agent to hear of it', async () => (await holders()).includes('client'));
  await change('client', 'del');
  await until('the agent to hear of its end', async () => (await holders()).length === 0);
});

test('one that another node has is held by that node alone, as keepalived’s are: at once', async () => {
  await change('r1', 'add', 'nodad');
  await until('the agent to hear of it', async () => (await holders()).includes('r1'));
  await change('client', 'add');
  await until('the duplicate to be found', async () => (await flags()).includes('dadfailed'));
  expect(await holders()).toEqual(['r1']);
});
