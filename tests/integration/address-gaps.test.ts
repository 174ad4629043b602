import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { output } from '../support/faults.ts';
import { engine, freshName, inspectLab, removeLabs, topologyFile } from '../support/labs.ts';

const GONE = '198.18.1.50';
const COME = '198.18.1.51';
const FLICKERING = '198.18.1.60';
/** More changes than the kernel keeps for a reader that does not read. */
const FLICKERS = 30_000;

const name = freshName('address-gaps');
let lab: Lab;

beforeAll(async () => {
  lab = await up(engine, await loadTopology(topologyFile('hosts')), { name });
  await lab.release();
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

const change = (...words: string[]) =>
  output(lab, 'victim1', 'ip', 'address', words[0]!, `${words[1]}/24`, 'dev', 'eth1');
const held = async () => (await lab.agent.call('held_addresses', {})).victim1 ?? [];
const now = async () => (await lab.agent.call('hello', {})).now_ns;

/** What happens while the agent does not run. */
async function whileAgentSleeps(work: () => Promise<unknown>): Promise<void> {
  const fabric = engine.docker.getContainer((await inspectLab(name)).get('fabric')!.Id);
  await fabric.kill({ signal: 'SIGSTOP' });
  try {
    await work();
  } finally {
    await fabric.kill({ signal: 'SIGCONT' });
  }
}

test('more changes of addresses than the kernel keeps: the gap is known, and what there is afterwards', async () => {
  await change('add', GONE);
  await lab.agent.call('watch_addresses', { node: 'victim1', pid: lab.node('victim1').pid });
  expect(await held()).toContain(GONE);
  const since_ns = await now();
  expect(await lab.agent.call('address_gaps', { since_ns })).toEqual([]);
  await whileAgentSleeps(async () => {
    const line = (word: string) => `address ${word} ${FLICKERING}/24 dev eth1`;
    const flicker = `i=0; while [ $i -lt ${FLICKERS} ]; do echo '${line('add')}'; echo '${line('del')}'; i=$((i+1)); done`;
    await output(lab, 'victim1', 'sh', '-c', `(${flicker}) | ip -batch -`);
    await change('del', GONE);
    await change('add', COME);
  });
  await waitUntil({
    what: 'the agent to know the new address',
    timeout_ms: 20_000,
    check: async () => (await held()).includes(COME),
  });
  expect(await held()).not.toContain(GONE);
  expect(await held()).not.toContain(FLICKERING);
  const [gap, ...more] = await lab.agent.call('address_gaps', { since_ns });
  expect(more).toEqual([]);
  expect(gap).toMatchObject({ node: 'victim1', from_ns: expect.any(Number), to_ns: expect.any(Number) });
  const known = async () =>
    (await lab.agent.call('address_events', { since_ns })).filter(({ address }) => address !== FLICKERING);
  expect((await known()).map(({ change: what, address }) => [what, address]).toSorted()).toEqual([
    ['added', COME],
    ['removed', GONE],
  ]);
  for (const { at_ns } of await known()) expect(at_ns).toBeLessThanOrEqual(gap!.to_ns!);

  // It goes on listening, and what is over can be forgotten.
  const after_ns = await now();
  await change('add', GONE);
  await waitUntil({
    what: 'the agent to hear of another change',
    timeout_ms: 10_000,
    check: async () => (await held()).includes(GONE),
  });
  expect(await lab.agent.call('address_gaps', { since_ns: after_ns })).toEqual([]);
  await lab.agent.call('forget', { before_ns: after_ns });
  expect(await lab.agent.call('address_gaps', { since_ns: 0 })).toEqual([]);
  expect(await lab.agent.call('address_events', { since_ns: 0 })).toMatchObject([
    { change: 'added', address: GONE },
  ]);
});

test('of a node whose addresses change without end the newest changes are kept, and the rest is a gap', async () => {
  await lab.agent.call('watch_addresses', { node: 'victim1', pid: lab.node('victim1').pid });
  const since_ns = await now();
  const line = (word: string) => `address ${word} ${FLICKERING}/24 dev eth1`;
  // Slowly enough for the kernel to keep what is not read yet.
  const some = `i=0; while [ $i -lt 100 ]; do echo '${line('add')}'; echo '${line('del')}'; i=$((i+1)); done`;
  const all = `n=0; while [ $n -lt 150 ]; do (${some}) | ip -batch -; sleep 0.01; n=$((n+1)); done`;
  await output(lab, 'victim1', 'sh', '-c', all);
  const events = await lab.agent.call('address_events', { since_ns });
  expect(events).toHaveLength(20_000);
  const gaps = await lab.agent.call('address_gaps', { since_ns });
  expect(gaps).toMatchObject([{ node: 'victim1', from_ns: since_ns }]);
  expect(gaps[0]!.to_ns!).toBeLessThanOrEqual(events[0]!.at_ns);
});
