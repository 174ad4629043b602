import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { ConntrackFilling } from '../../harness/journal/trial-facts.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { output } from '../support/faults.ts';
import { engine, freshName, inspectLab, removeLabs, topologyFile } from '../support/labs.ts';

const NODE = 'r1';
/** More than the kernel keeps for a reader that does not read. */
const MANY = 100_000;
const FEW = 50;

const name = freshName('conntrack-gaps');
let lab: Lab;

beforeAll(async () => {
  lab = await up(engine, await loadTopology(topologyFile('keepalived-alone')), { name });
  await lab.release();
  await lab.agent.call('watch_conntrack', { node: NODE, pid: lab.node(NODE).pid });
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

/** Has a program put sessions into the node's table, from this server on. */
async function fill(count: number, server: string): Promise<void> {
  const session = `-I -p udp -s 198.18.9.$((i % 200)) -d ${server} --sport $((1000 + i / 200)) --dport 9 -t 60 -u SEEN_REPLY`;
  const list = `i=0; while [ $i -lt ${count} ]; do echo "${session}"; i=$((i+1)); done > /tmp/sessions`;
  await output(lab, NODE, 'sh', '-c', `${list}; conntrack -R /tmp/sessions`);
}

const now = async () => (await lab.agent.call('hello', {})).now_ns;

async function fillingSince(since_ns: number): Promise<ConntrackFilling> {
  let found: ConntrackFilling[] = [];
  await waitUntil({
    what: 'a filling of the table to be noted',
    timeout_ms: 20_000,
    check: async () => {
      found = await lab.agent.call('conntrack_fillings', { since_ns });
      // Of a filling that goes on the end is not known yet.
      return found.length > 0 && (await now()) - found.at(-1)!.last_ns > 1e9;
    },
  });
  expect(found).toHaveLength(1);
  return found[0]!;
}

test('a table that is filled faster than can be noted: the filling is not complete, and the next one is', async () => {
  const fabric = engine.docker.getContainer((await inspectLab(name)).get('fabric')!.Id);
  const since_ns = await now();
  await fabric.kill({ signal: 'SIGSTOP' });
  await fill(MANY, '198.18.8.1').finally(() => fabric.kill({ signal: 'SIGCONT' }));
  const filling = await fillingSince(since_ns);
  expect(filling).toMatchObject({ node: NODE, complete: false });
  expect(filling.entries).toBeLessThan(MANY);

  const later_ns = await now();
  await fill(FEW, '198.18.8.2');
  expect(await fillingSince(later_ns)).toMatchObject({ node: NODE, complete: true, entries: FEW });
}, 120_000);
